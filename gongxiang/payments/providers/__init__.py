"""The clients of the channels; nobody but the gateway speaks to them."""
