ALTER TABLE members_releasedidentity DROP CONSTRAINT members_releasedidentity_pkey;
ALTER TABLE members_releasedidentity ADD PRIMARY KEY (member_id, id);
ALTER TABLE members_recovery DROP CONSTRAINT members_recovery_pkey;
ALTER TABLE members_recovery ADD PRIMARY KEY (member_id, id);
ALTER TABLE members_recovery ADD CONSTRAINT members_recovery_checked
    CHECK (state NOT IN ('approved', 'done') OR (officer <> '' AND ready_at IS NOT NULL));
