"""The page of who a member is and where his cash goes: verified once, an account of his own.

    GET  /wallet/payee            what is known, what is missing
    POST /wallet/payee/identity   name and document, with a consent for this alone
    POST /wallet/payee/account    WeChat, or an Alipay account
    POST /wallet/payee/forget     takes a consent back: what it was for is deleted

All need a fresh proof of who asks. What was typed of a document is never printed again.

Units: none. Source: H5, P4; reliability 8 (26, 36, 37); design/ui/faces.md 7 (d) 2.
"""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from gongxiang.acts.name_payee import NotVerifiedYet, NoWechat, UnreadableAccount, name_payee
from gongxiang.acts.verify_identity import AnotherPerson, NoSuchPerson, verify_identity
from gongxiang.acts.withdraw_consent import PURPOSES, PaymentUnderWay, withdraw_consent
from gongxiang.members.documents import NAME_MAX, UnreadableDocument
from gongxiang.members.verification import NotAnswered
from gongxiang.payments.provider import Provider
from gongxiang.queries import payees
from gongxiang.web.member.present import page, prove_page, signed_in
from gongxiang.web.shared.identity import is_proved, member_required

_REFUSED: Final = 422
_NO_PAYEE_CONSENT: Final = "没有勾选同意，收款账号没有保存"
_NO_CONSENT: Final = "没有勾选同意，就没有核对，什么都没有保存"
_NOTHING_CHOSEN: Final = "没有撤回，选一样再来"
_UNDER_WAY: Final = "没有撤回。有一笔提现还没有到账，等它到账或退回以后再撤回"
_NO_NAME: Final = "填上证件上的姓名"
_WORDS: Final = {
    UnreadableDocument: "证件号不对：18 位，最后一位可以是 X",
    NoSuchPerson: "姓名和证件号对不上，看看有没有写错",
    AnotherPerson: "这个账户已经核对过另一个人，不能换人。有疑问找客服",
    NotAnswered: "核对服务暂时没有回应，什么都没有保存，过一会儿再试",
    UnreadableAccount: "支付宝账号是手机号或邮箱",
    NoWechat: "还没有连接微信，先连接再选",
    NotVerifiedYet: "先核对实名，再选收款账号",
}


@member_required
@require_safe
def payee(request: HttpRequest) -> HttpResponse:
    """Print `/wallet/payee`."""
    return _prove(request) or _face(request)


@member_required
@require_POST
def identity(request: HttpRequest) -> HttpResponse:
    """Verify the member, or say at the field what is wrong."""
    proof = _prove(request)
    if proof is not None:
        return proof
    name = request.POST.get("name", "").strip()
    if request.POST.get("consent") != "1":
        return _face(request, name=name, error=_NO_CONSENT, field="consent")
    if not 1 < len(name) <= NAME_MAX or "\0" in name:
        return _face(request, name=name, error=_NO_NAME, field="name")
    try:
        verify_identity(
            member=signed_in(request), name=name, document=request.POST.get("document", "")
        )
    except (UnreadableDocument, NoSuchPerson, AnotherPerson, NotAnswered) as refusal:
        return _face(request, name=name, error=_WORDS[type(refusal)], field="document")
    return _back("wallet:payee")


@member_required
@require_POST
def account(request: HttpRequest) -> HttpResponse:
    """Keep the account, or say what is wrong with it."""
    proof = _prove(request)
    if proof is not None:
        return proof
    asked = request.POST.get("provider", "")
    provider = next((each for each in Provider if each.value == asked), Provider.WECHAT)
    typed = request.POST.get("account", "")
    if request.POST.get("consent") != "1":
        return _face(request, typed=typed, error=_NO_PAYEE_CONSENT, field="consent")
    try:
        name_payee(member=signed_in(request), provider=provider, account=typed)
    except (UnreadableAccount, NoWechat, NotVerifiedYet) as refusal:
        field = "wechat" if isinstance(refusal, NoWechat) else "account"
        return _face(
            request,
            typed=typed,
            error=_WORDS[type(refusal)],
            field=field,
            chosen=provider.value,
        )
    return _back("wallet:withdraw")


@member_required
@require_POST
def forget(request: HttpRequest) -> HttpResponse:
    """Take a consent back, or say why not now."""
    proof = _prove(request)
    if proof is not None:
        return proof
    purpose = request.POST.get("purpose", "")
    if purpose not in PURPOSES:
        return _face(request, error=_NOTHING_CHOSEN, field="forget")
    try:
        withdraw_consent(member=signed_in(request), purpose=purpose)
    except PaymentUnderWay:
        return _face(request, error=_UNDER_WAY, field="forget")
    return _back("wallet:payee")


def _prove(request: HttpRequest) -> HttpResponse | None:
    if is_proved(request):
        return None
    return prove_page(request, onward=reverse("wallet:payee"), why="改实名和收款账号")


def _back(name: str) -> HttpResponse:
    return HttpResponse(status=303, headers={"Location": reverse(name)})


def _face(
    request: HttpRequest,
    *,
    name: str = "",
    typed: str = "",
    error: str = "",
    field: str = "",
    chosen: str = "",
) -> HttpResponse:
    own = payees.own(member=signed_in(request))
    usual = Provider.WECHAT if own.has_wechat else Provider.ALIPAY
    context = {
        "own": own,
        "chosen": chosen or own.provider or usual.value,
        "name": name,
        "typed": typed,
        "error": error,
        "field": field,
        "here": "wallet",
    }
    return page(request, "wallet/payee.html", context, status=_REFUSED if error else 200)
