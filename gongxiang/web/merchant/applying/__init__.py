"""Applying for a store, step by step (免费入驻)."""
