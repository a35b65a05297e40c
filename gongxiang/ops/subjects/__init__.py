"""One module a subject: its questions to the database, and its pages."""
