-- One share a payment, once (P2); the cursor's one row.
ALTER TABLE payments_share ADD CONSTRAINT payments_share_once UNIQUE (provider, transaction_id);
ALTER TABLE payments_share ADD CONSTRAINT payments_share_amount
    CHECK (amount_fen >= 0 AND amount_fen <= spend_fen);
CREATE INDEX payments_share_due ON payments_share (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX payments_share_attempt ON payments_share (attempt_number);
ALTER TABLE payments_channelrefund ADD CONSTRAINT payments_channelrefund_returned
    CHECK (returned_fen >= 0 AND returned_fen <= amount_fen);
ALTER TABLE payments_sharecursor ADD CONSTRAINT payments_sharecursor_one_row CHECK (id = 1);
INSERT INTO payments_sharecursor (id, step_id) VALUES (1, 0);
