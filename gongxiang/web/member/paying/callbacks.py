"""The doors for the channels' notices: checked, written down, and only then answered.

    taken in, or known already   2xx        forged, malformed, unfitting   4xx
    our own failure              503, so that the channel comes again

Source: P1; reliability 1.4.
"""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from gongxiang.acts.conclude_transfer import Conclusion, conclude_transfer
from gongxiang.acts.confirm_payment import Confirmation, confirm_payment
from gongxiang.acts.quarantine_notice import quarantine_notice
from gongxiang.payments import gateway, sending
from gongxiang.payments.provider import Provider
from gongxiang.payments.wire import Rejected, Unfitting

log = logging.getLogger(__name__)

BODY_MAX: Final = 64 * 1024
_UNFIT: Final = 422
_HEADERS: Final = "HTTP_WECHATPAY_"
_Act = Callable[[Provider, Mapping[str, str], bytes], bool]


@csrf_exempt
@require_POST
def wechat(request: HttpRequest) -> HttpResponse:
    """Take a notice of WeChat Pay."""
    status = _take(request, Provider.WECHAT, _confirm)
    words = "SUCCESS" if status == 200 else "FAIL"  # noqa: PLR2004  taken in
    body = json.dumps({"code": words, "message": words})
    return HttpResponse(body, status=status, content_type="application/json")


@csrf_exempt
@require_POST
def transfer(request: HttpRequest) -> HttpResponse:
    """Take a notice of WeChat Pay about a transfer to a person."""
    status = _take(request, Provider.WECHAT, _conclude)
    words = "SUCCESS" if status == 200 else "FAIL"  # noqa: PLR2004  taken in
    body = json.dumps({"code": words, "message": words})
    return HttpResponse(body, status=status, content_type="application/json")


@csrf_exempt
@require_POST
def alipay(request: HttpRequest) -> HttpResponse:
    """Take a notice of Alipay."""
    status = _take(request, Provider.ALIPAY, _confirm)
    words = "success" if status == 200 else "failure"  # noqa: PLR2004  taken in
    return HttpResponse(words, status=status, content_type="text/plain")


def _confirm(provider: Provider, headers: Mapping[str, str], body: bytes) -> bool:
    """Read a notice of a payment and act on it; tell whether it fits."""
    notice = gateway.read_notice(provider=provider, headers=headers, body=body)
    outcome = confirm_payment(trade=notice.trade, notice=notice)
    return outcome is not Confirmation.QUARANTINED


def _conclude(_provider: Provider, headers: Mapping[str, str], body: bytes) -> bool:
    """Read a notice of a transfer and act on it; tell whether it fits."""
    notice = sending.read_notice(headers=headers, body=body)
    return conclude_transfer(told=notice.told, notice=notice) is not Conclusion.QUARANTINED


def _take(request: HttpRequest, provider: Provider, act: _Act) -> int:
    """Check a notice, act on it, and give the status of the answer."""
    try:
        if not _is_small(request):
            return 413
        headers = {
            name: value
            for name, value in request.META.items()
            if name.startswith(_HEADERS) and isinstance(value, str)
        }
        is_fitting = act(provider, headers, request.body)
    except Rejected as rejected:
        log.warning("refused a %s notice: %s", provider.value, rejected)
        return rejected.status
    except Unfitting as unfitting:
        return _aside(provider, unfitting)
    except (RequestDataTooBig, UnreadablePostError):
        return 400
    except Exception as error:
        log.exception("a %s notice could not be taken in", provider.value, exc_info=error)
        return 503
    return 200 if is_fitting else _UNFIT


def _is_small(request: HttpRequest) -> bool:
    """Look at the announced size before anything is read."""
    size = request.META.get("CONTENT_LENGTH") or "0"
    return size.isdigit() and len(size) <= len(str(BODY_MAX)) and int(size) <= BODY_MAX


def _aside(provider: Provider, unfitting: Unfitting) -> int:
    try:
        quarantine_notice(provider=provider, reason=str(unfitting), body=unfitting.body)
    except Exception as error:
        log.exception("a %s notice could not be kept", provider.value, exc_info=error)
        return 503
    return _UNFIT
