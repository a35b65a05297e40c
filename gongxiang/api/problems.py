"""What cannot be done, as RFC 9457 has it: a status, a code, the sentence that a page would say.

    {"type": "urn:gongxiang:problem:sells_too_much", "status": 422, "code": "sells_too_much",
     "title": "没有完成", "detail": "最多卖 178.6615 积分", "record": "7f3a0c…", "errors": []}

Codes are never reused for something else. No answer has a trace of ours: what broke is in our own
record, under the number in the answer.

Units: seconds in Retry-After. Source: reliability 8 (40); design/ui/faces.md 4.
"""

import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from ninja.errors import AuthenticationError, HttpError, Throttled, ValidationError
from pydantic import Field

from gongxiang.api.wire import Told
from gongxiang.ledger import raw
from gongxiang.queries.pool_data import NotOpen

log = logging.getLogger(__name__)

MEDIA_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 30
_TYPE: Final = "urn:gongxiang:problem:"
_WHERE_MAX: Final = 120
_ERRORS_MAX: Final = 20


class FieldProblem(Told):
    """One thing that is wrong with what was sent."""

    where: str = Field(max_length=_WHERE_MAX, description="place of the value: body.amount_fen")
    what: str = Field(max_length=500)


class Problem(Told):
    """Why something was not done."""

    type: str = Field(max_length=200)
    title: str = Field(max_length=100)
    status: int = Field(ge=400, le=599)
    detail: str = Field(max_length=1_000)
    code: str = Field(max_length=64, pattern=r"^[a-z_]+$")
    record: str = Field(max_length=32, description="under which we find it in our records")
    errors: list[FieldProblem] = Field(max_length=_ERRORS_MAX)


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A kind of problem: its status, its heading, its sentence where nothing says it better."""

    status: int
    title: str
    detail: str


_NOT_DONE: Final = "没有完成"
CODES: Final[dict[str, Code]] = {
    "unreadable": Code(
        status=400,
        title="没有看懂",
        detail="请求读不出来，钱没有动。请求体要是 JSON，每个键只写一次",
    ),
    "signed_out": Code(status=401, title="没有登录", detail="令牌不对、已经过期或已经收回"),
    "not_allowed": Code(status=403, title="不能做", detail="这个令牌没有这项权限"),
    "proof_too_old": Code(
        status=403,
        title="要重新确认",
        detail="令牌做好 1 小时后不能再提现。登录后做一个新的令牌再试，钱没有动",
    ),
    "not_found": Code(status=404, title="没有找到", detail="没有这一项，或者不是你的"),
    "wrong_method": Code(
        status=405, title="没有看懂", detail="这个地址不这样用，可以用的方法在 Allow 里"
    ),
    "too_large": Code(status=413, title="没有看懂", detail="请求太大，最多 64 KB，钱没有动"),
    "wrong_type": Code(
        status=415, title="没有看懂", detail="请求体要用 application/json，钱没有动"
    ),
    "invalid": Code(
        status=422, title=_NOT_DONE, detail="有的值不对，钱没有动。errors 里写了是哪个、要什么"
    ),
    "too_fast": Code(status=429, title="太快了", detail="操作太快了，钱没有动"),
    "our_fault": Code(status=500, title=_NOT_DONE, detail="我们这边出了问题，正在核对这笔有没有成"),
    "not_open": Code(status=503, title="还没有开始", detail="还没有公布规则"),
    "resting": Code(status=503, title="正在维护", detail="正在维护，恢复后再试"),
    "unavailable": Code(status=503, title="暂时看不到", detail="账本暂时连不上"),
}
"""What may happen to every request; refusals of acts are in `gongxiang.refusals`."""


class Refused(Exception):
    """Raised by an operation that cannot be done; carries its code and its sentence."""

    def __init__(self, code: str, *, detail: str = "", status: int | None = None) -> None:
        """Keep what the answer says."""
        super().__init__(code)
        self.code = code
        self.detail = detail
        self.status = status


def problem(
    request: HttpRequest,
    code: str,
    *,
    detail: str = "",
    status: int | None = None,
    title: str = "",
    errors: Sequence[FieldProblem] = (),
) -> HttpResponse:
    """Answer with a problem."""
    kind = CODES.get(code, Code(status=status or 422, title=_NOT_DONE, detail=detail))
    told = Problem(
        type=_TYPE + code,
        title=title or kind.title,
        status=status or kind.status,
        detail=detail or kind.detail,
        code=code,
        record=getattr(request, "record", ""),
        errors=list(errors[:_ERRORS_MAX]),
    )
    body = json.dumps(told.model_dump(), ensure_ascii=False)
    response = HttpResponse(body, status=told.status, content_type=MEDIA_TYPE)
    if told.status == 503:  # noqa: PLR2004  come again
        response["Retry-After"] = str(RETRY_SECONDS)
    if told.status == 401:  # noqa: PLR2004  RFC 6750
        response["WWW-Authenticate"] = 'Bearer realm="gongxiang"'
    return response


def answer_for(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """Turn whatever an operation raised into a problem; nothing escapes."""
    match error:
        case Refused():
            return problem(request, error.code, detail=error.detail, status=error.status)
        case ValidationError():
            response = problem(request, "invalid", errors=_fields(error.errors))
        case Throttled():
            detail = f"操作太快了，{error.wait} 秒后可以再试。钱没有动"
            response = problem(request, "too_fast", detail=detail)
            response["Retry-After"] = str(error.wait)
        case AuthenticationError():
            response = problem(request, "signed_out")
        case HttpError():
            response = problem(request, "unreadable")
        case Http404():
            response = problem(request, "not_found")
        case _:
            response = _broken(request, error)
    return response


def _broken(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """Record what is our fault; say no more of it than its number."""
    record = getattr(request, "record", "")
    if isinstance(error, NotOpen):
        return problem(request, "not_open")
    if isinstance(error, raw.DATABASE_DOWN):
        log.error("record %s: the database does not answer: %s", record, error)
        return problem(request, "unavailable")
    assert isinstance(error, Exception), "Ninja hands over what was raised"
    log.error("record %s: %s %r failed", record, request.method, request.path, exc_info=error)
    if request.method == "GET":
        return problem(request, "our_fault", detail="我们这边出了问题，你的钱没有动")
    return problem(request, "our_fault")


def _fields(errors: Sequence[dict[str, Any]]) -> list[FieldProblem]:
    return [
        FieldProblem(
            where=".".join(map(_plain, _place(each["loc"])))[:_WHERE_MAX],
            what=_plain(each["msg"])[:500],
        )
        for each in errors
    ]


def _place(loc: Sequence[object]) -> Sequence[object]:
    """Leave out what our own operation calls the body: a program knows its fields alone.

    >>> _place(("body", "body", "amount_fen"))
    ('body', 'amount_fen')
    """
    return loc[1:] if loc[:1] == ("body",) else loc


def _plain(part: object) -> str:
    """Keep a name that was sent from breaking the answer."""
    return str(part).encode("utf-8", "replace").decode()
