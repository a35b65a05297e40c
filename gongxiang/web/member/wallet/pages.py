"""The pages of cash: home, wallet, withdrawals, the ledger and its explanations, vouchers, months.

Units: none. Source: design/ui/faces.md 6.2, 7 (d); P4, R10.
"""

import re
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from gongxiang.acts.withdraw import (
    UnknownPayee,
    WithdrawalTooLarge,
    WithdrawalTooSmall,
)
from gongxiang.acts.withdraw import (
    withdraw as ask_for_cash,
)
from gongxiang.base import text
from gongxiang.orders.facts import KeyTaken
from gongxiang.web.errors import Missing
from gongxiang.web.member.points import faces as points_faces
from gongxiang.web.member.points import queries as points_queries
from gongxiang.web.member.present import fact_key, fresh_token, in_force, page, present, signed_in
from gongxiang.web.member.wallet import months, queries
from gongxiang.web.member.wallet.data import Place
from gongxiang.web.member.wallet.explain import TITLES, explain
from gongxiang.web.public import queries as public
from gongxiang.web.shared.identity import is_proved, member_required

ENTRIES_LATEST: Final = 5
ENTRIES_SIZE: Final = 30
WITHDRAWALS_SHOWN: Final = 3
_PLACE: Final = re.compile(r"(\d{1,18})-(\d{1,19})-(\d{1,9})", re.ASCII)
_YUAN: Final = re.compile(r"(\d{1,11})(?:\.(\d{0,12}))?", re.ASCII)
_FEN_DIGITS: Final = 2
_REFUSED: Final = 422


@member_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Print `/home`: what waits for me, and what my points pay now."""
    member = signed_in(request)
    with public.one_moment():
        now = present()
        purse = queries.purse(member=member)
        holding = points_queries.holding(member=member, versions=now.versions)
        waiting = points_queries.waiting(member=member, pair=now.pool.pair, versions=now.versions)
        withdrawals = queries.withdrawals(member=member, size=WITHDRAWALS_SHOWN)
    lots = points_faces.sellable(holding, pair=now.pool.pair, now=now.pool.now)
    held = sum(each.lot.left for each in lots)
    all_of_it = (
        points_faces.quote(holding, held, pair=now.pool.pair, now=now.pool.now) if held else None
    )
    context = {
        "purse": purse,
        "all": all_of_it,
        "held": sum(each.lot.left for each in holding),
        "waiting": waiting,
        "under_way": [each for each in withdrawals if each.is_under_way],
        "facts": now.facts,
        "terms": now.terms,
        "now": now.pool.now,
        "here": "home",
    }
    return page(request, "wallet/home.html", context)


@member_required
@require_safe
def wallet(request: HttpRequest) -> HttpResponse:
    """Print `/wallet`: the three pockets, what is under way, the newest lines."""
    member = signed_in(request)
    with public.one_moment():
        now = public.pool_now().now
        purse = queries.purse(member=member)
        on_the_way = queries.under_way(member=member)
        withdrawals = queries.withdrawals(member=member, size=WITHDRAWALS_SHOWN)
        entries = queries.entries(member=member, cash=purse.cash, size=ENTRIES_LATEST)
        terms = in_force()
    context = {
        "terms": terms,
        "purse": purse,
        "on_the_way": on_the_way,
        "under_way": [each for each in withdrawals if each.is_under_way],
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
def withdraw(request: HttpRequest) -> HttpResponse:
    """Print the form of a withdrawal, or record it; only with a fresh proof of who asks."""
    if not is_proved(request):
        face = {"onward": reverse("wallet:withdraw"), "why": "提现"}
        return page(request, "member/prove.html", {"face": face, "here": "wallet"})
    if request.method == "POST":
        return _withdraw(request)
    return _form(request)


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
    except (WithdrawalTooLarge, WithdrawalTooSmall, UnknownPayee, KeyTaken) as refusal:
        return _form(request, typed=typed, error=_words(refusal))
    return _to_withdrawal(recorded.number)


def _to_withdrawal(number: int) -> HttpResponse:
    """Lead to the page of a withdrawal, also where a form is sent again (303)."""
    where = reverse("wallet:withdrawal", args=[number])
    return HttpResponse(status=303, headers={"Location": where})


def _form(request: HttpRequest, *, typed: str = "", error: str = "") -> HttpResponse:
    member = signed_in(request)
    with public.one_moment():
        now = public.pool_now().now
        purse = queries.purse(member=member)
        on_the_way = queries.under_way(member=member)
    context = {
        "purse": purse,
        "on_the_way": on_the_way,
        "typed": typed or text.yuan(amount=purse.free).replace(",", ""),
        "error": error,
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
    if found is None:
        raise _missing("没有这笔提现", "看我的零钱", reverse("wallet:wallet"))
    context = {"withdrawal": found, "purse": purse, "now": now, "here": "wallet"}
    return page(request, "wallet/withdrawal.html", context)


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
    member = signed_in(request)
    asked = months.read(month)
    with public.one_moment():
        now = public.pool_now().now
        if asked is None or asked.start > now:
            raise _missing("没有这个月的账单", "看零钱明细", reverse("wallet:entries"))
        found = queries.statement(member=member, start=asked.start, end=asked.end)
    context = {
        "month": asked,
        "statement": found,
        "rows": [(TITLES[one.purpose], one) for one in found.sums],
        "is_running": asked.end > now,
        "has_next": asked.end <= now,
        "here": "wallet",
    }
    return page(request, "wallet/statement.html", context)


def _words(
    refusal: WithdrawalTooLarge | WithdrawalTooSmall | UnknownPayee | KeyTaken,
) -> str:
    if isinstance(refusal, WithdrawalTooLarge):
        return f"最多填 {text.yuan(amount=refusal.most)} 元"
    if isinstance(refusal, WithdrawalTooSmall):
        least, balance = text.yuan(amount=refusal.least), text.yuan(amount=refusal.balance)
        return f"最少提 {least} 元，你有 {balance} 元，可以攒着"
    if isinstance(refusal, KeyTaken):
        return "这张表单已经用过了，金额也改了。再填一次就行"
    return "还没有零钱可以提现"


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
