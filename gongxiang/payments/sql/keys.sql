-- One wish to pay a key and person (I-18), one a number; money and notices once (C2).
ALTER TABLE payments_attempt DROP CONSTRAINT payments_attempt_pkey;
ALTER TABLE payments_attempt ADD PRIMARY KEY (number);
ALTER TABLE payments_attempt ADD CONSTRAINT payments_attempt_amount CHECK (amount_fen > 0);
ALTER TABLE payments_attempt ADD CONSTRAINT payments_attempt_paid
    CHECK ((state = 'paid') = (order_id IS NOT NULL AND member_id IS NOT NULL));
CREATE INDEX payments_attempt_due ON payments_attempt (query_at) WHERE query_at IS NOT NULL;
CREATE INDEX payments_attempt_order ON payments_attempt (member_id, order_id)
    WHERE order_id IS NOT NULL;

ALTER TABLE payments_attemptkey DROP CONSTRAINT payments_attemptkey_pkey;
ALTER TABLE payments_attemptkey ADD PRIMARY KEY (home_id, key);

ALTER TABLE payments_transaction DROP CONSTRAINT payments_transaction_pkey;
ALTER TABLE payments_transaction ADD PRIMARY KEY (provider, transaction_id);
ALTER TABLE payments_transaction ADD CONSTRAINT payments_transaction_amount CHECK (amount_fen > 0);
CREATE INDEX payments_transaction_attempt ON payments_transaction (attempt_number);

ALTER TABLE payments_notification DROP CONSTRAINT payments_notification_pkey;
ALTER TABLE payments_notification ADD PRIMARY KEY (provider, notification_id);

ALTER TABLE payments_channelrefund ADD CONSTRAINT payments_channelrefund_amount
    CHECK (amount_fen > 0 AND amount_fen <= total_fen);
CREATE INDEX payments_channelrefund_transaction
    ON payments_channelrefund (provider, transaction_id);
CREATE INDEX payments_outbox_due ON payments_outbox (next_at) WHERE next_at IS NOT NULL;

ALTER TABLE payments_quarantine ADD CONSTRAINT payments_quarantine_once UNIQUE (provider, body_hash);

ALTER TABLE payments_refundrequest DROP CONSTRAINT payments_refundrequest_pkey;
ALTER TABLE payments_refundrequest ADD PRIMARY KEY (member_id, key);
ALTER TABLE payments_refundrequest ADD CONSTRAINT payments_refundrequest_amount
    CHECK (amount_fen > 0);
CREATE UNIQUE INDEX payments_refundrequest_open ON payments_refundrequest (member_id, order_id)
    WHERE state = 'asked';
CREATE INDEX payments_refundrequest_store ON payments_refundrequest (store_id, asked_at);
