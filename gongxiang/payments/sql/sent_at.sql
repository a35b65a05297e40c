-- What was sent may have been sent just now: its refusal is no end before a quarter of an hour.
UPDATE payments_outbox SET sent_at = clock_timestamp() WHERE tries > 0 AND next_at IS NOT NULL;
