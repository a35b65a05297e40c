"""How a command ends when it does not end well: a sentence on stderr and an exit code."""


class Failure(Exception):
    """The run failed (exit code 1); the message says what, why and what to do next."""

    exit_code = 1


class WrongUsage(Failure):
    """The command was called wrongly, or a rulebook refused before the run (exit code 2)."""

    exit_code = 2
