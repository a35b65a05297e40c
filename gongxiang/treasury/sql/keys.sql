ALTER TABLE treasury_withdrawal DROP CONSTRAINT treasury_withdrawal_pkey;
ALTER TABLE treasury_withdrawal ADD PRIMARY KEY (member_id, id);
