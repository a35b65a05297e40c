-- A person and a store may have the same key outside; each is unique among its kind.
ALTER TABLE members_partykey DROP CONSTRAINT members_partykey_pkey;
ALTER TABLE members_partykey ADD PRIMARY KEY (key, kind);
