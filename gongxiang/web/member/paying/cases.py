"""A member asks for money after the settlement: the sum is shown, then officers decide (E16).

    GET  /orders/<no>/refund                    the form
    GET  /orders/<no>/refund?amount=&reason=    the check: what is kept back for sold points
    POST /orders/<no>/refund                    one case for the form's key

Units: micro-yuan, fen where the name says so. Source: E16; design/ui/faces.md 4 (refund after
points were sold), 6.2.
"""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse

from gongxiang.acts.open_refund_case import (
    CaseExceedsOrder,
    CaseIsOpen,
    CaseKeyTaken,
    NotSettled,
    TooLate,
    open_refund_case,
)
from gongxiang.base.money import FEN
from gongxiang.economy.refusal import RefundExceedsOrder
from gongxiang.ledger import raw
from gongxiang.queries.orders_data import Paid
from gongxiang.refusals import CASE_IS_OPEN, most_left, told
from gongxiang.settlement.cases import Case, cases_of_order
from gongxiang.settlement.trial import Trial, try_refund
from gongxiang.web.member.paying import words
from gongxiang.web.member.present import fact_key, fresh_token, page
from gongxiang.web.shared import kept_form

_SEE_OTHER: Final = 303
_UNPROCESSABLE: Final = 422
_REASON_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """What the member gets, what is kept back for sold points, and what he returns."""

    amount: int
    reason: str
    trial: Trial

    @property
    def kept(self) -> int:
        """Give what is kept back as it is shown: what does not come back through the channel."""
        return self.amount - self.trial.to_channel - self.trial.returned


class _Refusal(Exception):
    """Why nothing was asked, in the words of the page, and the field it is about."""

    def __init__(self, sentence: str, field: str = "amount") -> None:
        super().__init__(sentence)
        self.field = field


def cases_of(paid: Paid) -> tuple[Case, ...]:
    """Give the cases of an order, newest first."""
    with raw.cursor() as cursor:
        return cases_of_order(cursor, member=paid.member, order=paid.order)


def ask(request: HttpRequest, paid: Paid) -> HttpResponse:
    """Print the form or its check; a POST opens the case."""
    typed = request.POST if request.method == "POST" else request.GET
    written, reason = typed.get("amount", ""), typed.get("reason", "").strip()
    if "amount" not in typed:
        kept = kept_form.typed(request)
        written = kept.get("amount", words.plain(paid.rest))
        return _form(request, paid, written=written, reason=kept.get("reason", ""))
    try:
        amount_fen = _read(paid, written, reason)
        if request.method == "POST":
            _open(request, paid, amount_fen, reason)
            return HttpResponse(status=_SEE_OTHER, headers={"Location": f"/orders/{paid.number}"})
        check = Check(amount=amount_fen * FEN, reason=reason, trial=_try(paid, amount_fen))
    except _Refusal as refusal:
        trouble, field = str(refusal), refusal.field
        return _form(
            request, paid, written=written[:20], reason=reason[:200], trouble=trouble, field=field
        )
    return _form(request, paid, written=written, reason=reason, check=check)


def _read(paid: Paid, written: str, reason: str) -> int:
    try:
        amount_fen = words.fen_of(written[:20])
    except words.AmountMissing as missing:
        raise _Refusal(words.refund_missing(most=paid.rest)) from missing
    except words.AmountRefused as refused:
        raise _Refusal(str(refused)) from refused
    if not FEN <= amount_fen * FEN <= paid.amount:
        raise _Refusal(most_left(left=paid.amount - paid.gone, amount=paid.amount))
    if not reason or len(reason) > _REASON_MAX or "\0" in reason:
        raise _Refusal(words.NO_REASON_FOR_STAFF, "reason")
    return amount_fen


def _try(paid: Paid, amount_fen: int) -> Trial:
    """Give the sum by the engine's dry run."""
    try:
        with raw.cursor() as cursor:
            return try_refund(cursor, member=paid.member, order=paid.order, amount=amount_fen * FEN)
    except RefundExceedsOrder as error:
        trouble = most_left(left=paid.amount - paid.gone, amount=paid.amount)
        raise _Refusal(trouble) from error


def _open(request: HttpRequest, paid: Paid, amount_fen: int, reason: str) -> None:
    key = fact_key(member=paid.member, what="case", token=request.POST.get("token", ""))
    if key is None:
        raise _Refusal(words.NO_REASON_FOR_STAFF, "reason")
    try:
        open_refund_case(
            key=key[:64],
            member=paid.member,
            order=paid.order,
            amount_fen=amount_fen,
            reason=reason,
            is_by_store=False,
        )
    except (NotSettled, TooLate, CaseIsOpen) as error:
        raise _Refusal(told(error).sentence) from error
    except CaseKeyTaken as error:
        raise _Refusal(CASE_IS_OPEN) from error
    except CaseExceedsOrder as error:
        left = error.left_fen * FEN
        trouble = most_left(left=left, amount=paid.amount)
        raise _Refusal(trouble) from error


def _form(
    request: HttpRequest,
    paid: Paid,
    *,
    written: str,
    reason: str,
    trouble: str = "",
    field: str = "",
    check: Check | None = None,
) -> HttpResponse:
    found = cases_of(paid)
    context = {
        "paid": paid,
        "open": next((each for each in found if each.is_open), None),
        "token": fresh_token(),
        "written": written,
        "reason": reason,
        "trouble": trouble,
        "field": field,
        "check": check,
    }
    status = _UNPROCESSABLE if trouble else 200
    return page(request, "member/paying/case.html", context, status=status)
