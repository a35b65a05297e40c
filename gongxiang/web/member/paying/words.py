"""The words of paying: states, refusals, and amounts as people type them.

Units: fen; µ¥ where the name says amount. Source: design/ui/faces.md 3.2, 4.
"""

import re
from typing import Final

from gongxiang.base import text
from gongxiang.base.money import FEN

EMPTY: Final = "填上付款金额"
TOO_FINE: Final = "金额最多到分，例如 128.50"
TOO_SMALL: Final = "最少 0.01 元"
CANCELLED: Final = "没有付款，钱没有动。金额还在，可以接着付"
NO_CHANNEL: Final = "钱没有动。支付渠道没有接这一笔，可以换一种支付方式再试"
KEY_TAKEN: Final = "钱没有动。这张表单已经付过别的金额，金额还在，再点一次付款"
NO_REASON: Final = "写一句原因，店家才知道怎么处理"
_AMOUNT: Final = re.compile(r"([0-9]{1,12})(?:\.([0-9]*))?", re.ASCII)
_FEN_DIGITS: Final = 2


class AmountRefused(Exception):
    """An amount that cannot be read, with its sentence."""


def fen_of(written: str) -> int:
    """Read yuan as a person types them; raises `AmountRefused`.

    >>> fen_of("128"), fen_of(" 1,128.5 "), fen_of("¥0.01")
    (12800, 112850, 1)
    """
    plain = written.strip().lstrip("¥￥").replace(",", "").replace("。", ".").strip()
    if not plain:
        raise AmountRefused(EMPTY)
    match = _AMOUNT.fullmatch(plain)
    if match is None or len(match[2] or "") > _FEN_DIGITS:
        raise AmountRefused(TOO_FINE)
    return int(match[1]) * 100 + int((match[2] or "").ljust(_FEN_DIGITS, "0"))


def plain(amount: int) -> str:
    """Write an amount as a form's field holds it.

    >>> plain(1_128_500_000)
    '1128.50'
    """
    fen = amount // FEN
    return f"{fen // 100}.{fen % 100:02}"


def too_large(*, limit_fen: int) -> str:
    """Say how much one payment may be."""
    limit = text.yuan(amount=limit_fen * FEN)
    return f"一笔最多 {limit} 元，可以分两笔，或请店家在收银台收款"


def refund_too_large(*, amount: int, returned: int) -> str:
    """Say how much of an order may still go back."""
    left = text.yuan(amount=amount - returned)
    paid, gone = text.yuan(amount=amount), text.yuan(amount=returned)
    return f"这笔最多还能退 {left} 元（共 {paid}，已退 {gone}）"


def standing(*, amount: int, returned: int, is_settled: bool) -> tuple[str, str]:
    """Give the word and the colour of a paid order.

    >>> standing(amount=10, returned=0, is_settled=False)
    ('待结算', 'wait')
    """
    if returned == amount:
        return "已退款", ""
    if is_settled:
        return ("部分退款", "") if returned else ("已结算", "ok")
    return ("部分退款", "wait") if returned else ("待结算", "wait")
