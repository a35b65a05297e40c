-- One person works once in a store.
ALTER TABLE merchants_staff DROP CONSTRAINT merchants_staff_pkey;
ALTER TABLE merchants_staff ADD PRIMARY KEY (store_id, member_id);
ALTER TABLE merchants_staff ADD CONSTRAINT merchants_staff_role CHECK (role IN ('manager', 'cashier'));

ALTER TABLE merchants_invitation DROP CONSTRAINT merchants_invitation_pkey;
ALTER TABLE merchants_invitation ADD PRIMARY KEY (store_id, token);
ALTER TABLE merchants_invitation ADD CONSTRAINT merchants_invitation_role CHECK (role IN ('manager', 'cashier'));

ALTER TABLE merchants_profile ADD CONSTRAINT merchants_profile_state CHECK (state IN ('open', 'delisted', 'closed'));
ALTER TABLE merchants_profile ADD CONSTRAINT merchants_profile_hours
    CHECK ((opens_minute IS NULL) = (closes_minute IS NULL)
           AND opens_minute BETWEEN 0 AND 1439 AND closes_minute BETWEEN 1 AND 1440);
