"""The API: its operations, its description, its page of documents, its addresses.

    /api/v1/openapi.json    the description      /api/v1/docs    the same to read and to try

Units: none. Source: issue "HTTP API v1"; design/stack.md (django-ninja).
"""

import json
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase
from ninja.parser import Parser
from ninja.renderers import JSONRenderer

from gongxiang.api import (
    cases,
    cash,
    me,
    orders,
    pay_ins,
    points,
    pool,
    shifts,
    shop_refunds,
    shop_statements,
    shops,
    stores,
    till,
    withdrawals,
)
from gongxiang.api.frame import DOCS_POLICY, framed
from gongxiang.api.named import named_only
from gongxiang.api.problems import answer_for, problem
from gongxiang.api.schema import Api

PREFIX: Final = "api/v1/"
_PARTS: Final = (
    *(pool, stores, me, orders, cases, points, cash, withdrawals),
    *(shops, shop_refunds, pay_ins, shop_statements, shifts, till),
)
DESCRIPTION: Final = """\
What members and stores can do on the pages, for programs. Money is micro-yuan as text (`µ¥`, a
millionth of a yuan) or whole fen; points are atoms as text (10^12 to a point); moments are ISO 8601
with their offset. Lists go on from a cursor. What cannot be done answers `application/problem+json`
with a `code` that stays; its `detail` is the sentence that a page would say. What changes something
wants an `Idempotency-Key`: the same key with the same body gives the first answer again; what is
once by itself (a shift, a declined request, an amount taken back) wants none. A parameter of the
address that no operation names is refused by its name.

积分不保本、不保收益。"""


class StrictParser(Parser):
    """Reads JSON and nothing that only looks like it: no NaN, no key twice."""

    def parse_body(self, request: HttpRequest) -> Any:  # noqa: ANN401  any JSON
        """Read the body of a request; raises `ValueError`."""
        return json.loads(request.body, parse_constant=_no_number, object_pairs_hook=_no_key_twice)


class PlainRenderer(JSONRenderer):
    """Writes Chinese as it is."""

    json_dumps_params = {"ensure_ascii": False}


class Docs(DocsBase):
    """Swagger's page, from this host alone: no badge, nothing from elsewhere."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **named: Any) -> HttpResponse:  # noqa: ANN401  Ninja's form
        """Print the page."""
        settings = {
            "url": self.get_openapi_url(api, named),
            "layout": "BaseLayout",
            "deepLinking": True,
            "validatorUrl": None,
            "persistAuthorization": False,
        }
        response = render(request, "api/docs.html", {"settings": json.dumps(settings)})
        response["Content-Security-Policy"] = DOCS_POLICY
        return response


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no number")


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key stands twice")
    return found


def _nothing(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer for every other address of the API."""
    del rest
    return problem(request, "not_found", detail="没有这个地址")


def made() -> Api:
    """Put the API together."""
    api = Api(
        title="共享 API",
        version="1",
        description=DESCRIPTION,
        urls_namespace="api",
        docs=Docs(),
        parser=StrictParser(),
        renderer=PlainRenderer(),
    )
    api.add_decorator(named_only, mode="view")
    for part in _PARTS:
        api.add_router("", part.router)
    api.add_exception_handler(Exception, answer_for)
    for raised in list(api._exception_handlers):  # noqa: SLF001  Ninja's own would answer otherwise
        api.add_exception_handler(raised, answer_for)
    return api


api: Final = made()


def urls() -> tuple[list[URLPattern], str, str]:
    """Give the addresses, each in its frame, and one for all that are none."""
    patterns, app, namespace = api.urls
    patterns.append(path("<path:rest>", _nothing, name="nothing"))
    return framed(patterns), app, namespace
