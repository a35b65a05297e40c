"""What runs beside the pages: the worker, what it does every second, and the jobs it is given."""
