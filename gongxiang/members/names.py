"""How a member is called on pages: to himself in full, to others masked.

Units: none. Source: H5; design/ui/faces.md 3.3.
"""

from typing import Final

NAME_MAX: Final = 20
_NAMELESS: Final = "会员 "
_TAIL: Final = 4
_SHORT: Final = 2


def shown(name: str, code: str) -> str:
    """Give a member's own word for himself, or the end of his code.

    >>> shown("", "8K2M4Q7T"), shown("林小满", "8K2M4Q7T")
    ('会员 4Q7T', '林小满')
    """
    return name or _NAMELESS + code[-_TAIL:]


def masked(name: str) -> str:
    """Give what others see: first and last character; who has no name of his own hides nothing.

    >>> masked("林小满"), masked("赵四"), masked("会员 4Q7T")
    ('林*满', '赵*', '会员 4Q7T')
    """
    if name.startswith(_NAMELESS):
        return name
    return f"{name[0]}*" if len(name) <= _SHORT else f"{name[0]}*{name[-1]}"
