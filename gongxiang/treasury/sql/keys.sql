ALTER TABLE treasury_withdrawal DROP CONSTRAINT treasury_withdrawal_pkey;
ALTER TABLE treasury_withdrawal ADD PRIMARY KEY (member_id, id);
ALTER TABLE treasury_withdrawalreturn DROP CONSTRAINT treasury_withdrawalreturn_pkey;
ALTER TABLE treasury_withdrawalreturn ADD PRIMARY KEY (member_id, withdrawal_id);

-- A payout that is not at its end is found by its state (the queue of reviews, the sweep).
ALTER TABLE treasury_payout DROP CONSTRAINT treasury_payout_pkey;
ALTER TABLE treasury_payout ADD PRIMARY KEY (member_id, withdrawal_id);
ALTER TABLE treasury_payout ADD CONSTRAINT treasury_payout_two_officers
    CHECK (maker = '' OR maker <> checker);
CREATE INDEX treasury_payout_open ON treasury_payout (state, withdrawal_id) WHERE state < 5;
