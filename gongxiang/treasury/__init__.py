"""Treasury: capital that enters the pool, cash that leaves it."""
