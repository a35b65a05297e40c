CALL ledger_protect(ARRAY['points_step', 'points_sale']);
