"""Cash: the balance, its ledger, withdrawals, vouchers, statements."""
