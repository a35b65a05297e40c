"""The pages of a withdrawal: the form, the check of its figures, the asking, how far it is.

    GET  /wallet/withdraw          how much
    GET  /wallet/withdraw/check    the tax, what arrives and where; its form carries the key
    POST /wallet/withdraw          asks for just what was shown there

Units: none. Source: design/ui/faces.md 6.2, 7 (d); P4, C1.
"""

import json
import re
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gongxiang.acts.withdraw import NotVerified, Shown, WithdrawalMoved, WithdrawalTooLarge
from gongxiang.acts.withdraw import withdraw as ask_for_cash
from gongxiang.base import text
from gongxiang.base.money import FEN
from gongxiang.orders.facts import KeyTaken
from gongxiang.payments import sending
from gongxiang.payments.channels import NoChannel
from gongxiang.queries import cash as queries
from gongxiang.queries import payees
from gongxiang.queries import pool as public
from gongxiang.queries.cash_data import Withdrawal
from gongxiang.queries.cash_desk import CashDesk, cash_desk_of
from gongxiang.refusals import KNOWN, WITHDRAWAL_MOVED, told, why_no_cash
from gongxiang.web.errors import Missing
from gongxiang.web.member.present import fact_key, fresh_token, page, prove_page, signed_in
from gongxiang.web.shared import kept_form
from gongxiang.web.shared.identity import is_proved, member_required
from gongxiang.web.shared.live import allow_script

_TYPED_MAX: Final = 20
_LOOKED_AT: Final = 20
"""Withdrawals among which one is looked for that its member has to confirm."""
_YUAN: Final = re.compile(r"(\d{1,11})(?:\.(\d{0,12}))?", re.ASCII)
_FEN_DIGITS: Final = 2
_NUMBER: Final = re.compile(r"\d{1,18}", re.ASCII)
_REFUSED: Final = 422
_CONFIRMED: Final = "confirmed"
"""Says in the address that the payee comes back from the channel."""
NO_AMOUNT: Final = "填上提现金额，最多到分，例如 100.00"
KEY_TAKEN: Final = "这张表单已经提过另一个金额，没有再提。要再提，核对后再点一次"


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
@kept_form.keeps("amount")
def withdraw(request: HttpRequest) -> HttpResponse:
    """Print the form of a withdrawal, or record it; only with a fresh proof of who asks."""
    proof = _prove(request)
    if proof is not None:
        return proof
    if request.method == "POST":
        return _withdraw(request)
    typed = request.GET.get("amount") or kept_form.typed(request).get("amount", "")
    return _form(request, typed=typed[:_TYPED_MAX])


@member_required
@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Print `/wallet/withdraw/check?amount=`: the tax, what arrives and where, before it is so."""
    proof = _prove(request)
    if proof is not None:
        return proof
    typed = request.GET.get("amount", "")[:_TYPED_MAX]
    amount_fen = _fen(typed)
    if amount_fen is None:
        return _form(request, typed=typed, error=NO_AMOUNT)
    return _check_page(request, amount=amount_fen * FEN, typed=typed)


def _prove(request: HttpRequest) -> HttpResponse | None:
    if is_proved(request):
        return None
    return prove_page(request, onward=reverse("wallet:withdraw"), why="提现")


def _withdraw(request: HttpRequest) -> HttpResponse:
    member = signed_in(request)
    typed = request.POST.get("amount", "")[:_TYPED_MAX]
    key = fact_key(member=member, what="withdraw", token=request.POST.get("key", ""))
    amount_fen, shown = _fen(typed), _shown(request)
    if key is None or amount_fen is None:
        return _form(request, typed=typed, error=NO_AMOUNT)
    if shown is None:
        return _check_page(request, amount=amount_fen * FEN, typed=typed, moved=WITHDRAWAL_MOVED)
    try:
        recorded = ask_for_cash(key=key, member=member, amount_fen=amount_fen, shown=shown)
    except WithdrawalMoved:
        return _check_page(request, amount=amount_fen * FEN, typed=typed, moved=WITHDRAWAL_MOVED)
    except KeyTaken:
        return _form(request, typed=typed, error=KEY_TAKEN)
    except KNOWN as refusal:
        return _refused(request, refusal, typed=typed)
    return _to_withdrawal(recorded.number)


def _shown(request: HttpRequest) -> Shown | None:
    """Read what the check page showed, as its form carries it."""
    tax, pays = request.POST.get("tax", ""), request.POST.get("pays", "")
    if not _NUMBER.fullmatch(tax) or not _NUMBER.fullmatch(pays):
        return None
    return Shown(tax=int(tax), pays=int(pays), payee=request.POST.get("payee", ""))


def _refused(
    request: HttpRequest, refusal: Exception, *, typed: str, desk: CashDesk | None = None
) -> HttpResponse:
    """Give the form back with what is wrong, what was typed kept."""
    also, to_confirm = "", 0
    if isinstance(refusal, WithdrawalTooLarge):
        also, to_confirm = _also(signed_in(request))
    error = told(refusal).sentence + also
    return _form(request, typed=typed, error=error, to_confirm=to_confirm, desk=desk)


def _to_withdrawal(number: int) -> HttpResponse:
    """Lead to the page of a withdrawal, also where a form is sent again (303)."""
    where = reverse("wallet:withdrawal", args=[number])
    return HttpResponse(status=303, headers={"Location": where})


def _also(member: int) -> tuple[str, int]:
    """Say what is under way besides, and which of it waits for the member in WeChat (or 0)."""
    with public.one_moment():
        on_the_way = queries.under_way(member=member)
        found = queries.withdrawals(member=member, size=_LOOKED_AT)
    if not on_the_way:
        return "", 0
    waiting = [each for each in found if each.is_to_confirm]
    sum_of_all = text.yuan(amount=on_the_way)
    if sum(each.amount for each in waiting) == on_the_way:
        words = f"。另有 {sum_of_all} 元正等你在微信确认，确认或过期后才会变动"
    else:
        words = f"。另有 {sum_of_all} 元正在提现"
    return words, waiting[0].number if waiting else 0


def _desk(request: HttpRequest) -> CashDesk:
    with public.one_moment():
        return cash_desk_of(member=signed_in(request))


def _form(
    request: HttpRequest,
    *,
    typed: str = "",
    error: str = "",
    to_confirm: int = 0,
    desk: CashDesk | None = None,
) -> HttpResponse:
    asked = desk or _desk(request)
    context = {
        "purse": asked.purse,
        "own": asked.own,
        "typed": typed if typed or error else _plain(min(asked.purse.free, asked.rest)),
        "least": asked.rules.least,
        "rest": asked.rest,
        "error": error,
        "to_confirm": to_confirm,
        "now": asked.now,
        "here": "wallet",
    }
    return page(request, "wallet/withdraw.html", context, status=_REFUSED if error else 200)


def _check_page(request: HttpRequest, *, amount: int, typed: str, moved: str = "") -> HttpResponse:
    """Print the check page, or the form where it could not be withdrawn anyway."""
    asked = _desk(request)
    free, rest, rules = asked.purse.free, asked.rest, asked.rules
    if not asked.own.is_ready:
        return _form(request, typed=typed, error=told(NotVerified()).sentence, desk=asked)
    refusal = why_no_cash(amount=amount, free=free, rest=rest, rules=rules, now=asked.now)
    if refusal is not None:
        return _refused(request, refusal, typed=typed, desk=asked)
    context = {
        "amount": amount,
        "typed": _plain(amount),
        "tax": rules.tax(amount),
        "pays": amount - rules.withheld(amount),
        "rules": rules,
        "version": asked.version,
        "own": asked.own,
        "free_after": free - amount,
        "rest_after": rest - amount,
        "moved": moved,
        "key": fresh_token(),
        "now": asked.now,
        "here": "wallet",
    }
    return page(request, "wallet/check.html", context, status=_REFUSED if moved else 200)


@member_required
@require_safe
def withdrawal(request: HttpRequest, number: int) -> HttpResponse:
    """Print `/wallet/withdrawals/<number>`: how far it is, until when, what comes next."""
    member = signed_in(request)
    with public.one_moment():
        now = public.pool_now().now
        found = queries.withdrawal(member=member, number=number)
        purse = queries.purse(member=member)
        waiting = payees.waiting_transfer(member=member, withdrawal=number)
    if found is None:
        raise Missing(
            title="没有这笔提现",
            note="可能是链接旧了，或者用的是另一个账号。",
            action="看我的零钱",
            href=reverse("wallet:wallet"),
        )
    context = {
        "withdrawal": found,
        "purse": purse,
        "confirm": _confirm(request, waiting) if waiting else None,
        "again": _again(request, found),
        "now": now,
        "here": "wallet",
    }
    return allow_script(request, page(request, "wallet/withdrawal.html", context))


def _again(request: HttpRequest, found: Withdrawal) -> str:
    """Give the seconds after which the page asks again: soon while a step is about to end.

    Who comes back from the channel's sheet sees within seconds what the channel says of it.
    """
    if found.is_taken is None:
        return "2"
    if not found.is_under_way or found.reviewed_at is None:
        return ""
    return "3" if _CONFIRMED in request.GET else "30"


def _confirm(request: HttpRequest, waiting: tuple[str, str]) -> dict[str, str] | None:
    """Give what leads to the channel's own sheet: the sandbox's page, or WeChat's words."""
    number, package = waiting
    here = request.build_absolute_uri(request.path)
    back = urlencode({"back": f"{here}?{_CONFIRMED}=1"})
    try:
        place = sending.confirm_page(number=number)
        if place:
            return {"href": f"{place}?{back}"}
        return {"words": json.dumps(sending.confirm_words(package=package))}
    except NoChannel:
        return None


def _fen(typed: str) -> int | None:
    """Read an amount as a person types it, to the fen; None for what is none."""
    match = _YUAN.fullmatch(typed.replace(",", "").replace("¥", "").strip())
    if match is None or (match.group(2) or "")[_FEN_DIGITS:].strip("0"):
        return None
    return int(match.group(1)) * 100 + int((match.group(2) or "")[:_FEN_DIGITS].ljust(2, "0"))


def _plain(amount: int) -> str:
    return text.yuan(amount=amount).replace(",", "")
