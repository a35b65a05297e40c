"""The rulebook: the economy's numbers as dated, sourced data, and what can be asked of them."""
