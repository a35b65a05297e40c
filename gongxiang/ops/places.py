"""Names of divisions, as staff read them.

Units: none.
Source: R5; rules/divisions.csv.
"""

from gongxiang.rulebook.divisions import divisions


def division_name(code: str | None) -> str:
    """Give a division's name with what it lies in, empty for none and for an unknown code.

    >>> division_name("440106"), division_name("440000"), division_name(None)
    ('广东省 广州市 天河区', '广东省', '')
    """
    names: list[str] = []
    division = divisions().get(code or "")
    while division is not None:
        names.insert(0, division.name)
        division = divisions().get(division.parent or "")
    return " ".join(names)


def short_name(code: str | None) -> str:
    """Give a division's own name, a word where there is none.

    >>> short_name("440106"), short_name(None)
    ('天河区', '没有登记地区')
    """
    division = divisions().get(code or "")
    return "没有登记地区" if division is None else division.name
