-- One open request of one proof for one account; another person may ask for the same one.
CREATE UNIQUE INDEX members_recovery_once ON members_recovery (member_id, issuer, subject)
    WHERE state IN ('asked', 'approved');
