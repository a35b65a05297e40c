"""Settlement: the one hot path, from what is due to what is posted."""
