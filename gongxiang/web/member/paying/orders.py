"""Orders: one order for ever, asking the store for money back.

    GET /orders/<no>, /orders/<no>/refund        POST /orders/<no>/refund

Units: µ¥. Source: E7, E8, R10; design/ui/faces.md 6.2, 7 (a) 8.
"""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from gongxiang.acts.ask_refund import AskedAlready, CannotAsk, RefundKeyTaken, ask_refund
from gongxiang.base import text
from gongxiang.base.money import FEN
from gongxiang.payments.provider import Provider
from gongxiang.queries import orders as queries
from gongxiang.queries.estimate import gives
from gongxiang.queries.orders_data import Estimate, Paid, standing
from gongxiang.queries.pool import one_moment
from gongxiang.refusals import most_left
from gongxiang.settlement.cases import Case
from gongxiang.web.member.paying import cases, words
from gongxiang.web.member.paying.access import is_here, may_see
from gongxiang.web.member.paying.pages import SEE_OTHER, UNPROCESSABLE, no_order
from gongxiang.web.member.present import (
    Present,
    fact_key,
    fresh_token,
    page,
    present,
)
from gongxiang.web.member.sign_ins import ways
from gongxiang.web.shared import kept_form
from gongxiang.web.shared.identity import member_of, to_sign_in

_REASON_MAX: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderFace:
    """One order as its page shows it; `gives` is exact once it is settled."""

    paid: Paid
    left: str
    """How long money can still go back."""
    word: str
    tone: str
    gives: Estimate
    is_exact: bool
    now: Present


@never_cache
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """Print `/orders/<no>`."""
    with one_moment():
        paid = _paid(request, number)
        if paid is None:
            return _unpaid(request, number)
        now, found = present(), cases.cases_of(paid)
    context = {
        "face": _face(paid, now),
        "facts": now.facts,
        "is_member": member_of(request),
        "cases": found,
        "may_ask": _may_ask(paid, found),
        "claim": [one for one in ways(request) if Provider(one.issuer).title == paid.channel],
    }
    return page(request, "member/paying/order.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@kept_form.keeps("amount", "reason")
def refund(request: HttpRequest, number: str) -> HttpResponse:
    """Print or take the form of `/orders/<no>/refund`; signed out, what was typed waits."""
    is_signed_in = member_of(request) is not None
    if request.method == "POST" and not is_signed_in and not is_here(request, number):
        return to_sign_in(request, refund)
    kept_form.forget(request, refund)
    paid = _paid(request, number)
    if paid is None:
        raise no_order()
    if paid.is_settled and paid.rest:
        return cases.ask(request, paid)
    if request.method == "POST":
        return _ask(request, paid)
    typed = kept_form.typed(request)
    written, reason = typed.get("amount", words.plain(paid.rest)), typed.get("reason", "")
    return _form(request, paid, written=written, reason=reason, trouble="", field="")


def _ask(request: HttpRequest, paid: Paid) -> HttpResponse:
    written, reason = request.POST.get("amount", "")[:20], request.POST.get("reason", "").strip()
    key = fact_key(member=paid.member, what="ask", token=request.POST.get("token", ""))
    trouble, field = "", "amount"
    try:
        amount_fen = words.fen_of(written)
        if not amount_fen >= 1 or amount_fen * FEN > paid.rest:
            trouble = most_left(left=paid.amount - paid.returned, amount=paid.amount)
        elif not reason or len(reason) > _REASON_MAX or "\0" in reason or key is None:
            trouble, field = words.NO_REASON, "reason"
        else:
            ask_refund(
                key=key[:64],
                member=paid.member,
                order=paid.order,
                amount_fen=amount_fen,
                reason=reason,
            )
            return HttpResponse(status=SEE_OTHER, headers={"Location": f"/orders/{paid.number}"})
    except words.AmountMissing:
        trouble = words.refund_missing(most=paid.rest)
    except words.AmountRefused as refused:
        trouble = str(refused)
    except AskedAlready as asked:
        trouble = words.asked_already(asked.amount_fen)
    except RefundKeyTaken:
        trouble = "这张表单用过了，退出去再进来一次"
    except CannotAsk:
        trouble = most_left(left=paid.amount - paid.returned, amount=paid.amount)
    return _form(request, paid, written=written, reason=reason, trouble=trouble, field=field)


def _form(
    request: HttpRequest, paid: Paid, *, written: str, reason: str, trouble: str, field: str
) -> HttpResponse:
    context = {
        "paid": paid,
        "token": fresh_token(),
        "written": written,
        "reason": reason,
        "trouble": trouble,
        "field": field,
    }
    status = UNPROCESSABLE if trouble else 200
    return page(request, "member/paying/refund.html", context, status=status)


def _unpaid(request: HttpRequest, number: str) -> HttpResponse:
    """Show a payment that is no order: still open, or closed."""
    attempt = queries.attempt(number=number)
    if attempt is None or not may_see(request, attempt):
        raise no_order()
    if attempt.href_of_case:
        return HttpResponseRedirect(attempt.href_of_case)
    is_closed = attempt.state == "closed"
    return page(request, "member/paying/unpaid.html", {"attempt": attempt, "is_closed": is_closed})


def _paid(request: HttpRequest, number: str) -> Paid | None:
    """Find an order that this person may see; raises where it is another's."""
    paid = queries.paid(number=number)
    if paid is None:
        return None
    if member_of(request) != paid.member and not is_here(request, paid.number):
        raise no_order()
    return paid


def _may_ask(paid: Paid, found: tuple[Case, ...]) -> bool:
    """Tell whether the member may ask for money: of the store in the window, then by a case."""
    if paid.is_settled:
        return paid.rest > 0 and not any(each.is_open for each in found)
    return paid.is_open and not paid.asked


def _face(paid: Paid, now: Present) -> OrderFace:
    word, tone = standing(amount=paid.amount, returned=paid.gone, is_settled=paid.is_settled)
    return OrderFace(
        paid=paid,
        left=text.left_closely(microseconds=paid.due_at - paid.now) if paid.is_open else "",
        word=word,
        tone=tone,
        gives=gives(paid, terms=now.versions[paid.version], pair=now.pool.pair),
        is_exact=paid.is_settled,
        now=now,
    )
