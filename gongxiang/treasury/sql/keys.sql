ALTER TABLE treasury_withdrawal DROP CONSTRAINT treasury_withdrawal_pkey;
ALTER TABLE treasury_withdrawal ADD PRIMARY KEY (member_id, id);
ALTER TABLE treasury_withdrawalreturn DROP CONSTRAINT treasury_withdrawalreturn_pkey;
ALTER TABLE treasury_withdrawalreturn ADD PRIMARY KEY (member_id, withdrawal_id);
