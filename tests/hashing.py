"""A hash of passwords that costs nothing, for accounts that live as long as a test."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickHasher(PBKDF2PasswordHasher):
    """PBKDF2 with one round under a name of its own."""

    algorithm = "quick"
    iterations = 1
