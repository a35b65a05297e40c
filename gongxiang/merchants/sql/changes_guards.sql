CALL ledger_protect(ARRAY['merchants_ratechange', 'merchants_ownerchange']);
