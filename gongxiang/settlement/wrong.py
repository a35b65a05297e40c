"""What an audit ends with where the books are not what the history gives.

Units: none. Source: H7.
"""


class Wrong(Exception):
    """The first wrong place: which row or line, what it says, what it should say."""


class WrongBatch(Wrong):
    """A batch that is not what the history gives, where a single row cannot be told."""
