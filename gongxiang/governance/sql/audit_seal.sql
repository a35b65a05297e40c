CALL ledger_protect(ARRAY['governance_auditseal']);
