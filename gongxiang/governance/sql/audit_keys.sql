-- The audit log is read newest first: as a whole, of one officer, of one kind, of one thing.
CREATE INDEX governance_auditentry_at ON governance_auditentry (at, id);
CREATE INDEX governance_auditentry_officer ON governance_auditentry (officer, at, id);
CREATE INDEX governance_auditentry_kind ON governance_auditentry (kind, at, id);
CREATE INDEX governance_auditentry_subject
    ON governance_auditentry (subject_kind, subject_id, at, id);
