"""What a person, or a program, is told when an act refuses: a code that stays, and one sentence.

Pages print the sentence at the field; the API answers with both.

Units: fen, µ¥, atoms, microseconds. Source: design/ui/faces.md 4.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from gongxiang.acts import (
    cancel_charge,
    close_shift,
    decline_refund_request,
    open_charge,
    open_pay_in,
    open_payment,
    open_refund_case,
    open_shift,
    refund_order,
    sell_points,
    withdraw,
)
from gongxiang.base import text
from gongxiang.base.clock import next_shanghai_midnight
from gongxiang.base.money import FEN
from gongxiang.economy.terms import Terms
from gongxiang.governance.withdrawing import WithdrawalRules
from gongxiang.merchants.shut import Reason, StoreShut
from gongxiang.orders import facts
from gongxiang.payments.channels import NoChannel
from gongxiang.payments.notes import NOTE_MAX, NoteTooLong
from gongxiang.queries.desk import Desk

UNPROCESSABLE: Final = 422
CONFLICT: Final = 409
NOT_FOUND: Final = 404
NO_STORE: Final = "没有这家店，可能是旧码，请店家换一张"
NOTE_TOO_LONG: Final = f"备注最多 {NOTE_MAX} 个字，改短一点"
TOO_SMALL: Final = "最少 0.01 元"
NO_CHANNEL: Final = "钱没有动。支付渠道没有接这一笔，可以换一种支付方式再试"
NOTHING_TO_SELL: Final = "还没有积分可以卖。在会员门店付款、过了退款期，积分就会出现"
NOTHING_TO_WITHDRAW: Final = "还没有零钱可以提现"
NOT_VERIFIED: Final = "提现前要核对一次实名，只用来打款，约 1 分钟"
WITHDRAWAL_MOVED: Final = "没有提现，钱没有动。个税或收款账号刚刚变了，核对新的数再提"
WINDOW_OVER: Final = (
    "钱没有动。这笔已过退款期，积分已发放。仍可请顾客找客服，退款会扣回已卖积分的钱"
)
NO_SHIFT: Final = "还没接班，先填备用金再收款"
CHARGE_TAKEN: Final = "没有取消。顾客正在付这一笔，等结果出来，收到后可以退款"
NO_ANSWER: Final = "写一句为什么不退，顾客看得到"
NOTHING_ASKED: Final = "没有可以拒绝的申请，可能已经处理过"
SHIFT_CLOSED: Final = "没有交班。这一班已经交过，或者不是这家店的"
SOMEBODY: Final = "别人"
NO_ORDER: Final = "没有这笔订单"
CASE_IS_OPEN: Final = "这笔已有一个退款在等客服处理，等它有结果再申请"
NOT_SETTLED: Final = "这笔正在结算，几秒后再试"
NOTHING_LACKS: Final = "钱没有动。这笔退款已经不缺钱了，不用补款，刷新页面看看"
NO_CASE: Final = "没有这笔退款"
NOT_ALLOWED: Final = "只有店主和店长能给退款补款"
KEY_TAKEN: Final = "钱没有动。这个幂等键已经用在别的内容上，换一个键再试"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A refusal: its code, its sentence, the status that it has on the wire."""

    code: str
    sentence: str
    status: int = UNPROCESSABLE


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """When it is told, and under which rules: what some sentences name."""

    now: int
    terms: Terms


Said = Callable[[Any, Moment | None], str]


def told(error: Exception, *, at: Moment | None = None) -> Told:
    """Put a refusal into words; `error` is one of `KNOWN`."""
    code, status, said = _WORDS[type(error)]
    return Told(code=code, sentence=said(error, at), status=status)


def why_not(
    desk: Desk,
) -> sell_points.NothingToSell | sell_points.AllLocked | sell_points.SellsTooMuch:
    """Say why nothing, or not that much, can be sold now."""
    open_lots = [each.lot for each in desk.holding if each.lot.left]
    if not open_lots:
        return sell_points.NothingToSell()
    most = sum(each.lot.left for each in desk.lots)
    opens_at = min(lot.unlock_at for lot in open_lots)
    if not most and opens_at > desk.present.pool.now:
        return sell_points.AllLocked(opens_at=opens_at)
    return sell_points.SellsTooMuch(most=most)


def over_the_day(desk: Desk) -> sell_points.DayLimitReached:
    """Say that the day allows no more than the desk has."""
    resets_at = next_shanghai_midnight(desk.present.pool.now)
    return sell_points.DayLimitReached(most=desk.most, resets_at=resets_at)


def why_no_cash(
    *, amount: int, free: int, rest: int, rules: WithdrawalRules, now: int
) -> Exception | None:
    """Say why an amount cannot be withdrawn now, in the order of the act; None if it can."""
    if amount < rules.least:
        return withdraw.WithdrawalTooSmall(least=rules.least, balance=free)
    if amount > free:
        return withdraw.WithdrawalTooLarge(most=free)
    if amount > rest:
        resets_at = next_shanghai_midnight(now)
        return withdraw.WithdrawsTooMuchToday(most=rest, resets_at=resets_at)
    return None


def too_large(*, limit_fen: int) -> str:
    """Say how much one payment may be."""
    limit = text.yuan(amount=limit_fen * FEN)
    return f"一笔最多 {limit} 元，可以分两笔，或请店家在收银台收款"


def channel_closed(*, channel: str) -> str:
    """Say that the store does not take this channel."""
    return f"钱没有动。这家店还没开通{channel}，换一种支付方式再试"


def lack_changed(*, lacks_fen: int) -> str:
    """Say what is lacking by now."""
    lacks = text.yuan(amount=lacks_fen * FEN)
    return f"钱没有动。差的数变了，现在还差 {lacks} 元，核对后再补"


def shut(refusal: StoreShut) -> str:
    """Say why a store takes no payment now."""
    name = refusal.name or "这家店"
    if refusal.reason is Reason.RESTING:
        return f"{name}今天休息，暂时收不了款"
    return f"{name}已经关店" if refusal.reason is Reason.CLOSED else "这家店已下架"


def most_left(*, left: int, amount: int | None = None) -> str:
    """Say how much of an order may still go back; with its amount, of how much."""
    most = f"这笔最多还能退 {text.yuan(amount=left)} 元"
    if amount is None:
        return most
    gone = text.yuan(amount=amount - left)
    return f"{most}（共 {text.yuan(amount=amount)}，已退 {gone}）"


def all_locked(refusal: sell_points.AllLocked, at: Moment | None) -> str:
    """Say from when points can be sold."""
    assert at is not None, "the sentence names a moment"
    opens = text.moment(at=refusal.opens_at, now=at.now)
    held = text.span(seconds=at.terms.mint_lock)
    return f"最早的一批 {opens} 起可以卖（得到后满 {held}）。现在能卖 0.0000"


def day_limit(refusal: sell_points.DayLimitReached, at: Moment | None) -> str:
    """Say what the day still allows, and until when."""
    assert at is not None, "the sentence names a moment"
    most = text.points(atoms=refusal.most)
    return f"今天还能卖 {most} 积分，{text.moment(at=refusal.resets_at, now=at.now)} 恢复"


def shift_is_open(*, who: str) -> str:
    """Say that somebody else is on shift."""
    return f"没有接班。{who}还在班上，先请他交班"


def note_missing(*, difference_fen: int) -> str:
    """Say by how much a drawer differs, and that it wants a word."""
    more = "多" if difference_fen > 0 else "少"
    return f"差 {text.yuan(amount=abs(difference_fen) * FEN)} 元（{more}了），写一句为什么"


def most_in_drawer() -> str:
    """Say how much may be named of a drawer."""
    return f"最多 {text.yuan(amount=settings.PAYMENT_FEN_MAX * FEN)} 元"


def _out_of_range(refusal: Exception, _: Moment | None) -> str:
    is_small = int(str(refusal).split()[0]) < 1
    return TOO_SMALL if is_small else too_large(limit_fen=settings.PAYMENT_FEN_MAX)


def _charges_out_of_range(refusal: Exception, _: Moment | None) -> str:
    is_small = int(str(refusal).split()[0]) < 1
    most = text.yuan(amount=settings.PAYMENT_FEN_MAX * FEN)
    return TOO_SMALL if is_small else f"一笔最多 {most} 元"


def _sells_too_much(refusal: sell_points.SellsTooMuch, _: Moment | None) -> str:
    return f"最多卖 {text.points(atoms=refusal.most)} 积分"


def _withdraws_too_much(refusal: withdraw.WithdrawalTooLarge, _: Moment | None) -> str:
    return f"最多填 {text.yuan(amount=refusal.most)} 元"


def _withdraws_too_little(refusal: withdraw.WithdrawalTooSmall, _: Moment | None) -> str:
    least, balance = text.yuan(amount=refusal.least), text.yuan(amount=refusal.balance)
    return f"最少提 {least} 元，你有 {balance} 元，可以攒着"


def _over_the_day(refusal: withdraw.WithdrawsTooMuchToday, _: Moment | None) -> str:
    return f"今天还能提 {text.yuan(amount=refusal.most)} 元，明天 00:00 恢复"


def _withdrawal_moved(refusal: withdraw.WithdrawalMoved, _: Moment | None) -> str:
    tax, pays = text.yuan(amount=refusal.now.tax), text.yuan(amount=refusal.now.pays)
    return f"{WITHDRAWAL_MOVED}：个税 {tax} 元，到手 {pays} 元，打到{refusal.now.payee}"


def _case_too_late(refusal: open_refund_case.TooLate, _: Moment | None) -> str:
    return f"付款已经超过 {refusal.days} 天，不能再经客服退款"


def _refunds_too_much(
    refusal: refund_order.RefundExceedsOrder | open_refund_case.CaseExceedsOrder, _: Moment | None
) -> str:
    return most_left(left=refusal.left_fen * FEN)


def _lack_changed(refusal: open_pay_in.LackChanged, _: Moment | None) -> str:
    return lack_changed(lacks_fen=refusal.lacks_fen)


def _shut(refusal: StoreShut, _: Moment | None) -> str:
    return f"钱没有动。{shut(refusal)}，可以看看附近的店"


def _too_much_in_drawer(_refusal: Exception, _: Moment | None) -> str:
    return most_in_drawer()


def _differs(refusal: close_shift.NoteMissing, _: Moment | None) -> str:
    return note_missing(difference_fen=refusal.difference_fen)


def _always(sentence: str) -> Said:
    return lambda _refusal, _at: sentence


_WORDS: Final[dict[type[Exception], tuple[str, int, Said]]] = {
    open_payment.AmountOutOfRange: ("amount_out_of_range", UNPROCESSABLE, _out_of_range),
    NoteTooLong: ("note_too_long", UNPROCESSABLE, _always(NOTE_TOO_LONG)),
    open_payment.UnknownStore: (
        "not_found",
        NOT_FOUND,
        _always(NO_STORE),
    ),
    StoreShut: ("store_shut", UNPROCESSABLE, _shut),
    open_payment.KeyTaken: ("key_taken", CONFLICT, _always(KEY_TAKEN)),
    open_payment.ChannelClosed: (
        "channel_closed",
        UNPROCESSABLE,
        _always(channel_closed(channel="这个支付渠道")),
    ),
    open_payment.ChannelDeclined: ("channel_declined", UNPROCESSABLE, _always(NO_CHANNEL)),
    NoChannel: ("channel_declined", UNPROCESSABLE, _always(NO_CHANNEL)),
    open_charge.ChargeOutOfRange: (
        "amount_out_of_range",
        UNPROCESSABLE,
        _charges_out_of_range,
    ),
    open_charge.NoShift: ("no_shift", UNPROCESSABLE, _always(NO_SHIFT)),
    open_charge.ChargeKeyTaken: ("key_taken", CONFLICT, _always(KEY_TAKEN)),
    cancel_charge.ChargeTaken: ("charge_taken", UNPROCESSABLE, _always(CHARGE_TAKEN)),
    open_shift.ShiftIsOpen: (
        "shift_is_open",
        UNPROCESSABLE,
        _always(shift_is_open(who=SOMEBODY)),
    ),
    open_shift.FloatOutOfRange: ("amount_out_of_range", UNPROCESSABLE, _too_much_in_drawer),
    close_shift.CountOutOfRange: ("amount_out_of_range", UNPROCESSABLE, _too_much_in_drawer),
    close_shift.NoteMissing: ("note_missing", UNPROCESSABLE, _differs),
    close_shift.ShiftIsClosed: ("shift_is_closed", UNPROCESSABLE, _always(SHIFT_CLOSED)),
    close_shift.UnknownShift: ("not_found", NOT_FOUND, _always(SHIFT_CLOSED)),
    decline_refund_request.AnswerMissing: ("answer_missing", UNPROCESSABLE, _always(NO_ANSWER)),
    decline_refund_request.NothingAsked: ("nothing_asked", UNPROCESSABLE, _always(NOTHING_ASKED)),
    facts.KeyTaken: ("key_taken", CONFLICT, _always(KEY_TAKEN)),
    sell_points.AllLocked: ("all_locked", UNPROCESSABLE, all_locked),
    sell_points.DayLimitReached: ("day_limit_reached", UNPROCESSABLE, day_limit),
    sell_points.SellsTooMuch: ("sells_too_much", UNPROCESSABLE, _sells_too_much),
    sell_points.NothingToSell: ("nothing_to_sell", UNPROCESSABLE, _always(NOTHING_TO_SELL)),
    sell_points.UnknownSeller: ("nothing_to_sell", UNPROCESSABLE, _always(NOTHING_TO_SELL)),
    withdraw.WithdrawalTooLarge: ("withdrawal_too_large", UNPROCESSABLE, _withdraws_too_much),
    withdraw.WithdrawalTooSmall: ("withdrawal_too_small", UNPROCESSABLE, _withdraws_too_little),
    withdraw.WithdrawsTooMuchToday: ("withdraws_too_much_today", UNPROCESSABLE, _over_the_day),
    withdraw.WithdrawalMoved: ("withdrawal_moved", CONFLICT, _withdrawal_moved),
    withdraw.NotVerified: ("not_verified", UNPROCESSABLE, _always(NOT_VERIFIED)),
    withdraw.UnknownPayee: ("nothing_to_withdraw", UNPROCESSABLE, _always(NOTHING_TO_WITHDRAW)),
    refund_order.UnknownOrder: ("not_found", NOT_FOUND, _always(NO_ORDER)),
    refund_order.WindowOver: ("window_over", UNPROCESSABLE, _always(WINDOW_OVER)),
    refund_order.RefundExceedsOrder: ("refund_exceeds_order", UNPROCESSABLE, _refunds_too_much),
    open_pay_in.UnknownCase: ("not_found", NOT_FOUND, _always(NO_CASE)),
    open_pay_in.NothingLacks: ("nothing_lacks", UNPROCESSABLE, _always(NOTHING_LACKS)),
    open_pay_in.LackChanged: ("lack_changed", UNPROCESSABLE, _lack_changed),
    open_refund_case.UnknownOrder: ("not_found", NOT_FOUND, _always(NO_ORDER)),
    open_refund_case.NotSettled: ("not_settled", UNPROCESSABLE, _always(NOT_SETTLED)),
    open_refund_case.TooLate: ("too_late", UNPROCESSABLE, _case_too_late),
    open_refund_case.CaseIsOpen: ("case_is_open", UNPROCESSABLE, _always(CASE_IS_OPEN)),
    open_refund_case.CaseExceedsOrder: (
        "refund_exceeds_order",
        UNPROCESSABLE,
        _refunds_too_much,
    ),
    open_refund_case.CaseKeyTaken: ("key_taken", CONFLICT, _always(KEY_TAKEN)),
}
CODES: Final = {code: status for code, status, _ in _WORDS.values()}
"""Every code, with its status on the wire."""
KNOWN: Final = tuple(_WORDS)
"""The refusals that have words."""
