-- One charge a form's key (I-18), one open shift a store; a refund's words stand once.
ALTER TABLE payments_charge DROP CONSTRAINT payments_charge_pkey;
ALTER TABLE payments_charge ADD PRIMARY KEY (store_id, number);
ALTER TABLE payments_charge ADD CONSTRAINT payments_charge_amount CHECK (amount_fen > 0);
ALTER TABLE payments_charge ADD CONSTRAINT payments_charge_taken
    CHECK ((state IN ('taken', 'paid')) = (attempt_number <> ''));
CREATE UNIQUE INDEX payments_charge_key ON payments_charge (store_id, key);
CREATE INDEX payments_charge_attempt ON payments_charge (store_id, attempt_number)
    WHERE attempt_number <> '';

ALTER TABLE payments_shift DROP CONSTRAINT payments_shift_pkey;
ALTER TABLE payments_shift ADD PRIMARY KEY (store_id, id);
ALTER TABLE payments_shift ADD CONSTRAINT payments_shift_amounts
    CHECK (float_fen >= 0 AND counted_fen >= 0
           AND (closed_at IS NULL) = (counted_fen IS NULL)
           AND (counted_fen IS NULL OR counted_fen = float_fen OR note <> ''));
CREATE UNIQUE INDEX payments_shift_open ON payments_shift (store_id) WHERE closed_at IS NULL;

ALTER TABLE payments_storerefund DROP CONSTRAINT payments_storerefund_pkey;
ALTER TABLE payments_storerefund ADD PRIMARY KEY (store_id, refund_id);
ALTER TABLE payments_storerefund ADD CONSTRAINT payments_storerefund_amount CHECK (amount_fen > 0);
CREATE INDEX payments_storerefund_at ON payments_storerefund (store_id, at);
