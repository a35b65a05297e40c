-- A posting is keyed by the party it lives at; BRIN finds the postings of a batch (scale.md 2, 5).
ALTER TABLE ledger_posting DROP CONSTRAINT ledger_posting_pkey;
ALTER TABLE ledger_posting ADD PRIMARY KEY (home_id, batch_id, event_id, leg);
ALTER TABLE ledger_posting ADD CONSTRAINT ledger_posting_one_side
    CHECK ((debit IS NULL) <> (credit IS NULL) AND coalesce(debit, credit) > 0);
CREATE INDEX ledger_posting_batch ON ledger_posting USING brin (batch_id) WITH (pages_per_range = 16);

-- Only what mirrors the outside and what a refund by case may leave as a debt is below zero (E16).
ALTER TABLE ledger_balance DROP CONSTRAINT ledger_balance_pkey;
ALTER TABLE ledger_balance ADD PRIMARY KEY (party_id, account);
ALTER TABLE ledger_balance ADD CONSTRAINT ledger_balance_not_negative
    CHECK (amount >= 0 OR account IN (101, 102, 107, 201, 301, 302));
ALTER TABLE ledger_balance SET (fillfactor = 80);
