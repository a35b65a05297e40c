"""The HTTP API, version 1: the same queries and acts as the pages, for programs."""
