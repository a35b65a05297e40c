-- A person and a store may have the same key outside; each is unique among its kind.
ALTER TABLE members_partykey DROP CONSTRAINT members_partykey_pkey;
ALTER TABLE members_partykey ADD PRIMARY KEY (key, kind);

-- A subject is unique at its issuer: the same id from another issuer is another person.
ALTER TABLE members_identity DROP CONSTRAINT members_identity_pkey;
ALTER TABLE members_identity ADD PRIMARY KEY (issuer, subject);

ALTER TABLE members_consent DROP CONSTRAINT members_consent_pkey;
ALTER TABLE members_consent ADD PRIMARY KEY (member_id, id);

ALTER TABLE members_phonecode ADD CONSTRAINT members_phonecode_tries CHECK (tries_left >= 0);
