"""The words of paying: states, refusals, and amounts as people type them.

Units: fen; µ¥ where the name says amount. Source: design/ui/faces.md 3.2, 4.
"""

import re
from typing import Final

from gongxiang.base import text
from gongxiang.base.money import FEN

EMPTY: Final = "填上付款金额"
TOO_FINE: Final = "金额最多到分，例如 128.50"
CANCELLED: Final = "没有付款，钱没有动。金额还在，可以接着付"
KEY_TAKEN: Final = "钱没有动。这张表单已经付过另一笔，填的还在，再点一次付款"
NO_REASON_FOR_STAFF: Final = "写一句原因，客服和店家才知道怎么处理"
NO_REASON: Final = "写一句原因，店家才知道怎么处理"
_AMOUNT: Final = re.compile(r"([0-9]{1,12})(?:\.([0-9]*))?", re.ASCII)
_FEN_DIGITS: Final = 2


class AmountRefused(Exception):
    """An amount that cannot be read, with its sentence."""


class AmountMissing(AmountRefused):
    """No amount at all."""


def refund_missing(*, most: int) -> str:
    """Say that an amount to send back is missing, and how much it may be.

    >>> refund_missing(most=128_000_000)
    '填上退款金额，最多 128.00 元'
    """
    return f"填上退款金额，最多 {text.yuan(amount=most)} 元"


def asked_already(amount_fen: int | None) -> str:
    """Say that a request waits already, or that it was answered just now.

    >>> asked_already(3_600)
    '已经申请退 36.00 元，等店家答复后再申请'
    """
    if amount_fen is None:
        return "上一次的申请刚有了答复，先回订单看看"
    return f"已经申请退 {text.yuan(amount=amount_fen * FEN)} 元，等店家答复后再申请"


def fen_of(written: str) -> int:
    """Read yuan as a person types them; raises `AmountRefused`.

    >>> fen_of("128"), fen_of(" 1,128.5 "), fen_of("¥0.01")
    (12800, 112850, 1)
    """
    plain = written.strip().lstrip("¥￥").replace(",", "").replace("。", ".").strip()
    if not plain:
        raise AmountMissing(EMPTY)
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
