-- What came back from a share has a day of its own, also where the refund was refused after it.
UPDATE payments_channelrefund SET returned_at = done_at WHERE state = 'done' AND returned_fen > 0;
CREATE INDEX payments_channelrefund_returned ON payments_channelrefund (provider, returned_at)
    WHERE returned_at IS NOT NULL;
CREATE INDEX payments_channelrefund_returned_payee ON payments_channelrefund (payee, returned_at)
    WHERE returned_at IS NOT NULL;
