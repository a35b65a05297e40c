-- An application belongs to its applicant, who has one draft at a time.
ALTER TABLE merchants_application DROP CONSTRAINT merchants_application_pkey;
ALTER TABLE merchants_application ADD PRIMARY KEY (member_id, id);
CREATE UNIQUE INDEX merchants_application_draft ON merchants_application (member_id)
    WHERE state = 'draft';
ALTER TABLE merchants_application ADD CONSTRAINT merchants_application_state
    CHECK (state IN ('draft', 'submitted', 'incomplete', 'approved', 'declined'));
-- Nobody recruits himself (R4); a store comes with the approval, and only with it.
ALTER TABLE merchants_application ADD CONSTRAINT merchants_application_recruiter
    CHECK (recruiter_id <> member_id);
ALTER TABLE merchants_application ADD CONSTRAINT merchants_application_store
    CHECK ((state = 'approved') = (store_id IS NOT NULL));

ALTER TABLE merchants_document DROP CONSTRAINT merchants_document_pkey;
ALTER TABLE merchants_document ADD PRIMARY KEY (member_id, application_id, kind);
ALTER TABLE merchants_document ADD CONSTRAINT merchants_document_kind
    CHECK (kind IN ('licence', 'storefront'));
