"""Paying at a store, the result, orders for ever, asking for money back."""
