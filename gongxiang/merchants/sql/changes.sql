-- Who opened a store stays known when it has another owner.
UPDATE merchants_store SET opened_by_id = owner_id;

ALTER TABLE merchants_ratechange DROP CONSTRAINT merchants_ratechange_pkey;
ALTER TABLE merchants_ratechange ADD PRIMARY KEY (store_id, id);
ALTER TABLE merchants_ratechange ADD CONSTRAINT merchants_ratechange_since UNIQUE (store_id, since_at);

ALTER TABLE merchants_ownerchange DROP CONSTRAINT merchants_ownerchange_pkey;
ALTER TABLE merchants_ownerchange ADD PRIMARY KEY (store_id, id);

ALTER TABLE merchants_changerequest DROP CONSTRAINT merchants_changerequest_pkey;
ALTER TABLE merchants_changerequest ADD PRIMARY KEY (store_id, id);
-- One open request of each kind a store.
CREATE UNIQUE INDEX merchants_changerequest_open ON merchants_changerequest (store_id, kind)
    WHERE state = 'asked';
ALTER TABLE merchants_changerequest ADD CONSTRAINT merchants_changerequest_state
    CHECK (state IN ('asked', 'approved', 'declined', 'withdrawn'));
ALTER TABLE merchants_changerequest ADD CONSTRAINT merchants_changerequest_whole
    CHECK (CASE kind WHEN 'rate' THEN commission_rate IS NOT NULL AND since_date IS NOT NULL
                     WHEN 'owner' THEN owner_id IS NOT NULL
                     WHEN 'closing' THEN commission_rate IS NULL AND owner_id IS NULL
                     ELSE false END);
