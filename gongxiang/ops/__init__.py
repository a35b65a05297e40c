"""The staff console: what happened on the platform, read only, in the admin's shell."""
