CALL ledger_protect(ARRAY['payments_transaction', 'payments_notification', 'payments_quarantine']);
