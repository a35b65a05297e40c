-- One transfer a number; what is open carries its next moment, and is found by it.
ALTER TABLE treasury_transfer ADD CONSTRAINT treasury_transfer_amount CHECK (amount_fen > 0);
ALTER TABLE treasury_transfer ADD CONSTRAINT treasury_transfer_next
    CHECK ((state = 'open') = (next_at IS NOT NULL));
CREATE INDEX treasury_transfer_due ON treasury_transfer (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX treasury_transfer_withdrawal ON treasury_transfer (member_id, withdrawal_id);
