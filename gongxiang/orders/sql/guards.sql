CALL ledger_protect(ARRAY['orders_fact', 'orders_refund', 'orders_outcome']);
