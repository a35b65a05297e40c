-- What was whole was compared when it came; what comes from here on says so itself.
UPDATE payments_bill SET is_compared = true WHERE is_whole;
CREATE INDEX payments_bill_uncompared ON payments_bill (provider, day)
    WHERE is_whole AND NOT is_compared;
-- The days of the platform's own account, as the console lists them.
CREATE INDEX payments_bill_own ON payments_bill (day, provider) WHERE payee = 'own';
