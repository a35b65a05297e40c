"""The console as a site: who may look, which address shows what, and that nobody writes.

It lives in the shell of django-unfold. No model is registered, so there is no page that adds,
changes or deletes; every page answers GET and HEAD alone and runs in a read-only transaction.
The only forms are signing in, signing out and one's own password.

Units: none.
Source: design/ui/faces.md 6.5; design/stack.md (django-unfold); H5 (masked by default).
"""

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from unfold.sites import UnfoldAdminSite

from gongxiang.ops import find, today
from gongxiang.ops.navigation import menu
from gongxiang.ops.page import Page
from gongxiang.ops.rows import reading
from gongxiang.ops.subjects import (
    balances,
    batches,
    contracts,
    lots,
    members,
    order,
    orders,
    postings,
    steps,
    stores,
    versions,
)
from gongxiang.ops.table import NotThere, Unreadable

Show = Callable[..., Page]
Answer = Callable[..., HttpResponseBase]

PAGES: Final[tuple[tuple[str, str, Show], ...]] = (
    ("", "index", today.page),
    ("find/", "find", find.page),
    ("orders/", "orders", orders.page),
    ("orders/<int:member>/<int:number>/", "order", order.page),
    ("steps/", "steps", steps.page),
    ("lots/", "lots", lots.page),
    ("postings/", "postings", postings.page),
    ("batches/", "batches", batches.page),
    ("batches/<int:number>/", "batch", batches.one_page),
    ("balances/", "balances", balances.page),
    ("members/", "members", members.page),
    ("members/<int:number>/", "member", members.one_page),
    ("stores/", "stores", stores.page),
    ("stores/<int:number>/", "store", stores.one_page),
    ("contracts/", "contracts", contracts.page),
    ("rules/", "versions", versions.page),
    ("rules/<int:number>/", "version", versions.one_page),
)
READING: Final = ("GET", "HEAD")


class Console(UnfoldAdminSite):  # type: ignore[misc]
    """The staff console."""

    login_template = "ops/login.html"
    logout_template = "ops/left.html"
    password_change_template = "ops/password.html"  # noqa: S105  a template
    password_change_done_template = "ops/password_done.html"  # noqa: S105  a template

    def get_urls(self) -> list[URLPattern]:
        """Give every address, and nothing that writes to the platform."""
        return [
            *(path(route, self._reading(name, show), name=name) for route, name, show in PAGES),
            path("login/", self.login, name="login"),
            path("logout/", self.admin_view(self.logout), name="logout"),
            path("search/", self._reading("search", find.palette), name="search"),
            path(
                "password_change/",
                self.admin_view(self.password_change, cacheable=True),
                name="password_change",
            ),
            path(
                "password_change/done/",
                self.admin_view(self.password_change_done, cacheable=True),
                name="password_change_done",
            ),
            path("<path:unknown>", self._reading("unknown", _unknown)),
        ]

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Change one's own password."""
        page = {"page": Page(title="改密码", face=None)}
        answer: HttpResponseBase = super().password_change(request, page | (extra_context or {}))
        return answer

    def password_change_done(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Say that it is changed."""
        page = {"page": Page(title="密码已改", face=None)}
        answer: HttpResponseBase = super().password_change_done(
            request, page | (extra_context or {})
        )
        return answer

    def extra_context(self, context: dict[str, Any], request: HttpRequest) -> dict[str, Any]:
        """Put the console's own menu into the shell."""
        match = request.resolver_match
        here = (match.url_name or "") if match else ""
        return context | {
            "templates": {"navigation": "ops/navigation.html"},
            "groups": tuple(menu(here=here)),
        }

    def _reading(self, name: str, show: Show) -> Answer:
        """Make the view of a page: staff alone, reading alone."""

        def view(request: HttpRequest, **numbers: int) -> HttpResponseBase:
            if request.method not in READING:
                return HttpResponseNotAllowed(READING)
            page, status = _shown(show, request, numbers)
            context = self.each_context(request) | {"page": page, "title": page.title}
            request.current_app = self.name
            return TemplateResponse(request, page.template, context, status=status)

        view.__name__ = name
        answer: Answer = self.admin_view(view)
        return answer


def _shown(show: Show, request: HttpRequest, numbers: dict[str, int]) -> tuple[Page, int]:
    """Ask for a page; what is not there or cannot be read is a page as well."""
    try:
        with reading():
            return show(request, **numbers), 200
    except NotThere as missing:
        return Page(title="没有找到", face=str(missing), template="ops/trouble.html"), 404
    except Unreadable as unreadable:
        return Page(title="没有看懂", face=str(unreadable), template="ops/trouble.html"), 400


def _unknown(request: HttpRequest, *, unknown: str) -> Page:  # noqa: ARG001  every page's form
    raise NotThere(f"没有「{unknown}」这一页，可能是链接旧了")


console = Console(name="admin")
