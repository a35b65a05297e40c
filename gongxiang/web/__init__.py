"""The faces: pages and endpoints. A page parses, permits, asks one query and renders plain data."""
