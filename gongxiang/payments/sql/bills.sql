-- A bill a channel, account and day; a line and an exception once (P3).
ALTER TABLE payments_bill DROP CONSTRAINT payments_bill_pkey;
ALTER TABLE payments_bill ADD PRIMARY KEY (provider, payee, day);
CREATE INDEX payments_bill_due ON payments_bill (next_at) WHERE NOT is_whole;

ALTER TABLE payments_billline DROP CONSTRAINT payments_billline_pkey;
ALTER TABLE payments_billline ADD PRIMARY KEY (provider, kind, reference);
ALTER TABLE payments_billline ADD CONSTRAINT payments_billline_amount CHECK (amount_fen > 0);
CREATE INDEX payments_billline_number ON payments_billline (provider, kind, number);
CREATE INDEX payments_billline_day ON payments_billline (provider, day);
CREATE INDEX payments_billline_payee ON payments_billline (payee, day);

ALTER TABLE payments_difference DROP CONSTRAINT payments_difference_pkey;
ALTER TABLE payments_difference ADD PRIMARY KEY (provider, kind, number);
CREATE INDEX payments_difference_open ON payments_difference (provider) WHERE state = 'open';

CREATE INDEX payments_transaction_day ON payments_transaction (provider, paid_at);
CREATE INDEX payments_transaction_payee ON payments_transaction (payee, paid_at);
CREATE INDEX payments_channelrefund_day ON payments_channelrefund (provider, done_at)
    WHERE done_at IS NOT NULL;
CREATE INDEX payments_channelrefund_payee ON payments_channelrefund (payee, done_at)
    WHERE done_at IS NOT NULL;
CREATE INDEX payments_channelrefund_left ON payments_channelrefund (number)
    WHERE returned_fen IS NOT NULL AND paid_in_id IS NULL;
CREATE INDEX payments_share_day ON payments_share (provider, done_at) WHERE done_at IS NOT NULL;
CREATE INDEX payments_share_payee ON payments_share (payee, done_at) WHERE done_at IS NOT NULL;
CREATE INDEX payments_share_arriving ON payments_share (store_id)
    WHERE state = 'done' AND received_id IS NULL;
