CALL ledger_protect(ARRAY['payments_billline']);
