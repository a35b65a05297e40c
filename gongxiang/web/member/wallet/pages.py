"""The pages of cash: wallet, withdrawals, the ledger and its explanations, vouchers, months.

Units: none. Source: design/ui/faces.md 6.2, 7 (d); P4, R10.
"""

import json
import re
from typing import Final
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gongxiang.acts.withdraw import WithdrawalTooLarge
from gongxiang.acts.withdraw import withdraw as ask_for_cash
from gongxiang.base import text
from gongxiang.base.money import FEN
from gongxiang.governance.withdrawing import withdrawal_rules
from gongxiang.payments import sending
from gongxiang.payments.channels import NoChannel
from gongxiang.queries import cash as queries
from gongxiang.queries import first_page, months, payees
from gongxiang.queries import points as points_queries
from gongxiang.queries import pool as public
from gongxiang.queries.cash_data import Place, Statement, Withdrawal
from gongxiang.queries.explain import TITLES, explain
from gongxiang.queries.months import Month
from gongxiang.queries.present import now_in_force
from gongxiang.refusals import KNOWN, told
from gongxiang.web.errors import Missing
from gongxiang.web.member.present import fact_key, fresh_token, in_force, page, present, signed_in
from gongxiang.web.member.wallet.tables import table
from gongxiang.web.shared import kept_form
from gongxiang.web.shared.identity import is_proved, member_required
from gongxiang.web.shared.live import allow_script

ENTRIES_LATEST: Final = 5
ENTRIES_SIZE: Final = 20
_TYPED_MAX: Final = 20
_LOOKED_AT: Final = 20
"""Withdrawals among which one is looked for that its member has to confirm."""
_PLACE: Final = re.compile(r"(\d{1,18})-(\d{1,19})-(\d{1,9})", re.ASCII)
_YUAN: Final = re.compile(r"(\d{1,11})(?:\.(\d{0,12}))?", re.ASCII)
_FEN_DIGITS: Final = 2
_REFUSED: Final = 422
_CONFIRMED: Final = "confirmed"
"""Says in the address that the payee comes back from the channel."""


@member_required
@require_safe
def wallet(request: HttpRequest) -> HttpResponse:
    """Print `/wallet`: the three pockets, what is under way, the newest lines."""
    member = signed_in(request)
    with public.one_moment():
        pool, terms = now_in_force()
        now = pool.now
        own = first_page.wallet(member=member)
        entries = queries.entries(member=member, cash=own.purse.cash, size=ENTRIES_LATEST)
    context = {
        "terms": terms,
        "own": own,
        "entries": entries,
        "titles": TITLES,
        "month": months.name_of(now),
        "now": now,
        "here": "wallet",
    }
    return page(request, "wallet/wallet.html", context)


@member_required
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """Print `/wallet/entries`: the lines before `?before=`, or the newest."""
    member = signed_in(request)
    before = _place(request.GET.get("before", ""))
    with public.one_moment():
        now = public.pool_now().now
        purse = queries.purse(member=member)
        found = queries.entries(
            member=member, cash=purse.cash, size=ENTRIES_SIZE + 1, before=before
        )
    shown = found[:ENTRIES_SIZE]
    context = {
        "entries": shown,
        "older": shown[-1].place.name if len(found) > len(shown) else "",
        "is_first": before is None,
        "month": months.name_of(now),
        "now": now,
        "here": "wallet",
    }
    return page(request, "wallet/entries.html", context)


@member_required
@require_safe
def why(request: HttpRequest, place: str) -> HttpResponse:
    """Print `/why/<entry>`: the rule, the numbers, the formula, and the sum computed again."""
    member = signed_in(request)
    asked = _place(place)
    with public.one_moment():
        now = present()
        entry = queries.entry(member=member, place=asked) if asked else None
        if entry is None:
            raise _missing("没有这一笔", "看零钱明细", reverse("wallet:entries"))
        order = queries.order(payer=entry.payer, number=entry.order) if entry.order else None
    context = {
        "entry": entry,
        "why": explain(entry, order=order, versions=now.versions),
        "facts": now.facts,
        "now": now.pool.now,
        "here": "wallet",
    }
    return page(request, "wallet/why.html", context)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
@kept_form.keeps("amount")
def withdraw(request: HttpRequest) -> HttpResponse:
    """Print the form of a withdrawal, or record it; only with a fresh proof of who asks."""
    if not is_proved(request):
        face = {"onward": reverse("wallet:withdraw"), "why": "提现"}
        return page(request, "member/prove.html", {"face": face, "here": "wallet"})
    if request.method == "POST":
        return _withdraw(request)
    typed = request.GET.get("amount") or kept_form.typed(request).get("amount", "")
    return _form(request, typed=typed[:_TYPED_MAX])


def _withdraw(request: HttpRequest) -> HttpResponse:
    member = signed_in(request)
    typed = request.POST.get("amount", "")
    key = fact_key(member=member, what="withdraw", token=request.POST.get("key", ""))
    known = points_queries.recorded(member=member, key=key) if key else None
    if known is not None:
        return _to_withdrawal(known)
    amount_fen = _fen(typed)
    if key is None or amount_fen is None:
        return _form(request, typed=typed, error="填上提现金额，最多到分，例如 100.00")
    try:
        recorded = ask_for_cash(key=key, member=member, amount_fen=amount_fen)
    except WithdrawalTooLarge as refusal:
        also, to_confirm = _also(member)
        error = told(refusal).sentence + also
        return _form(request, typed=typed, error=error, to_confirm=to_confirm)
    except KNOWN as refusal:
        return _form(request, typed=typed, error=told(refusal).sentence)
    return _to_withdrawal(recorded.number)


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


def _form(
    request: HttpRequest, *, typed: str = "", error: str = "", to_confirm: int = 0
) -> HttpResponse:
    member = signed_in(request)
    with public.one_moment():
        now = public.pool_now().now
        purse = queries.purse(member=member)
        own = payees.own(member=member)
        rules = withdrawal_rules()
    typed_fen = _fen(typed) if typed else None
    amount = purse.free if typed_fen is None or error else typed_fen * FEN
    context = {
        "purse": purse,
        "own": own,
        "typed": typed if typed or error else text.yuan(amount=purse.free).replace(",", ""),
        "amount": amount,
        "tax": rules.tax(amount),
        "pays": amount - rules.withheld(amount),
        "is_withheld": rules.is_withheld,
        "error": error,
        "to_confirm": to_confirm,
        "key": fresh_token(),
        "now": now,
        "here": "wallet",
    }
    return page(request, "wallet/withdraw.html", context, status=_REFUSED if error else 200)


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
        raise _missing("没有这笔提现", "看我的零钱", reverse("wallet:wallet"))
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


@member_required
@require_safe
def vouchers(request: HttpRequest) -> HttpResponse:
    """Print `/vouchers`: by the store they came from; the parts add up to the balance."""
    member = signed_in(request)
    with public.one_moment():
        purse = queries.purse(member=member)
        origins = queries.vouchers(member=member)
        terms = in_force()
    context = {
        "terms": terms,
        "purse": purse,
        "origins": origins,
        "used": sum(each.amount for each in origins) - purse.vouchers,
        "here": "wallet",
    }
    return page(request, "wallet/vouchers.html", context)


@member_required
@require_safe
def statement(request: HttpRequest, month: str) -> HttpResponse:
    """Print `/statements/<month>`: it begins, moves by kind, ends; the parts add up."""
    asked, found, is_running = _month(request, month)
    context = {
        "month": asked,
        "statement": found,
        "rows": [(TITLES[one.purpose], one) for one in found.sums],
        "is_running": is_running,
        "has_next": not is_running,
        "here": "wallet",
    }
    return page(request, "wallet/statement.html", context)


@member_required
@require_safe
def statement_table(request: HttpRequest, month: str) -> HttpResponse:
    """Give `/statements/<month>.csv`: the same statement for a spreadsheet, nothing cut."""
    asked, found, is_running = _month(request, month)
    response = HttpResponse(
        table(month=asked.name, statement=found, is_running=is_running),
        content_type="text/csv; charset=utf-8",
    )
    response["Content-Disposition"] = f'attachment; filename="gongxiang-{asked.name}.csv"'
    return response


def _month(request: HttpRequest, month: str) -> tuple[Month, Statement, bool]:
    """Give a month, its statement, and whether it is still running."""
    member = signed_in(request)
    asked = months.read(month)
    with public.one_moment():
        now = public.pool_now().now
        if asked is None or asked.start > now:
            raise _missing("没有这个月的账单", "看零钱明细", reverse("wallet:entries"))
        found = queries.statement(member=member, start=asked.start, end=asked.end)
    return asked, found, asked.end > now


def _fen(typed: str) -> int | None:
    """Read an amount as a person types it, to the fen; None for what is none."""
    match = _YUAN.fullmatch(typed.replace(",", "").replace("¥", "").strip())
    if match is None or (match.group(2) or "")[_FEN_DIGITS:].strip("0"):
        return None
    return int(match.group(1)) * 100 + int((match.group(2) or "")[:_FEN_DIGITS].ljust(2, "0"))


def _place(written: str) -> Place | None:
    match = _PLACE.fullmatch(written)
    if match is None:
        return None
    batch, event, leg = (int(part) for part in match.groups())
    is_whole = batch < 2**62 and event < 2**63 and leg < 2**31
    return Place(batch=batch, event=event, leg=leg) if is_whole else None


def _missing(title: str, action: str, href: str) -> Missing:
    return Missing(
        title=title, note="可能是链接旧了，或者用的是另一个账号。", action=action, href=href
    )
