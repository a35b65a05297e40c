-- What a store pays in for a case: one row an attempt, one fact a row (E16).
ALTER TABLE treasury_payin DROP CONSTRAINT treasury_payin_pkey;
ALTER TABLE treasury_payin ADD PRIMARY KEY (store_id, number);
ALTER TABLE treasury_payin ADD CONSTRAINT treasury_payin_amount CHECK (amount_fen > 0);
ALTER TABLE treasury_payin ADD CONSTRAINT treasury_payin_received
    CHECK (received_id IS NULL OR fact_id IS NOT NULL);
CREATE INDEX treasury_payin_case ON treasury_payin (store_id, case_id, number);
-- What is paid in and not yet set against what left the store's account.
CREATE INDEX treasury_payin_lying ON treasury_payin (store_id)
    WHERE fact_id IS NOT NULL AND received_id IS NULL;
