-- What was sent may have been sent just now: its refusal is no end before a quarter of an hour.
UPDATE payments_share SET sent_at = clock_timestamp() WHERE tries > 0 AND next_at IS NOT NULL;
-- What was refused before is asked about as what is refused from now on.
UPDATE payments_share SET next_at = clock_timestamp() WHERE state = 'failed';
-- Only what was freed without its share, and shared all the same, leaves its store again (P2).
ALTER TABLE payments_share ADD CONSTRAINT payments_share_taken
    CHECK (taken_id IS NULL OR (freed_at IS NOT NULL AND state = 'done'));
CREATE INDEX payments_share_freed ON payments_share (store_id)
    WHERE freed_at IS NOT NULL AND (received_id IS NULL OR taken_id IS NULL);
-- What came back of a share for a refund that was refused has a place of its own.
UPDATE payments_channelrefund SET came_back_id = paid_in_id, paid_in_id = NULL
 WHERE state = 'failed' AND paid_in_id IS NOT NULL;
