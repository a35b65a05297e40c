"""The store's faces: today, the till, orders and their refunds."""
