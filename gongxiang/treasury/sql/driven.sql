-- What was sent may have been sent just now: its refusal is no end before ten minutes.
UPDATE treasury_transfer SET sent_at = clock_timestamp() WHERE tries > 0 AND state = 'open';
