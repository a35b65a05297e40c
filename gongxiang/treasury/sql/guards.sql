CALL ledger_protect(ARRAY['treasury_withdrawal', 'treasury_injection', 'treasury_withdrawalreturn']);
