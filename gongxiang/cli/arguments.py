"""Kinds of arguments that several commands take."""

import argparse


def positive(text: str) -> int:
    """Read a whole number of 1 or more.

    >>> positive("7")
    7
    """
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of 1 or more")
    return value
