-- What was sent may have been sent just now: its refusal is no end before a quarter of an hour.
UPDATE payments_share SET sent_at = clock_timestamp() WHERE tries > 0 AND next_at IS NOT NULL;
-- What was refused before is asked about as what is refused from now on.
UPDATE payments_share SET next_at = clock_timestamp() WHERE state = 'failed';
CREATE INDEX payments_share_freed ON payments_share (store_id)
    WHERE freed_at IS NOT NULL AND (received_id IS NULL OR taken_id IS NULL);
