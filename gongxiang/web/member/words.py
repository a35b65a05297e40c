"""Sentences of refusals that more than one page says.

Units: seconds. Source: design/ui/faces.md 4.
"""

from typing import Final

OWN_CODE: Final = "这是你自己的码，推荐人不能是自己。想付款请扫店里的码"
WOULD_MAKE_CYCLE: Final = "没有绑定：对方是你推荐来的，互相推荐会成环"
ALREADY_MEMBER: Final = "你已经是会员，推荐人不会改变。直接付款就行"
_MINUTE: Final = 60
_HOUR: Final = 3_600


def wait(seconds: int) -> str:
    """Say when a code may be sent again.

    >>> wait(58), wait(61), wait(7_201)
    ('58 秒后可以再发', '发得太多了，2 分钟后可以再发', '发得太多了，3 小时后可以再发')
    """
    if seconds <= _MINUTE:
        return f"{seconds} 秒后可以再发"
    if seconds <= _HOUR:
        return f"发得太多了，{-(-seconds // _MINUTE)} 分钟后可以再发"
    return f"发得太多了，{-(-seconds // _HOUR)} 小时后可以再发"
