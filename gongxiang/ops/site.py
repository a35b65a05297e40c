"""The console as a site: which address shows what, who may open it, and what takes a form.

It lives in the shell of django-unfold. No model is registered, so there is no page of the shell
that adds, changes or deletes. Every page runs in a read-only transaction; the few that act take a
POST, hand it to an act in the officer's name, and lead on with 303, or show the form again with
422. Nobody comes in without the second factor (`door`), and each address asks the matrix (`roles`).

Units: none.
Source: design/ui/faces.md 6.5; design/stack.md (django-unfold, staff security); H5.
"""

import logging
from collections.abc import Callable
from typing import Any, Final

import psycopg
from django.contrib import messages
from django.db import DatabaseError
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    QueryDict,
)
from django.http.response import HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from unfold.sites import UnfoldAdminSite

from gongxiang.acts.note_officer import note_officer
from gongxiang.governance.models import AuditKind
from gongxiang.ops import door, factor, find, must_see, today
from gongxiang.ops.acting import (
    applications,
    audit,
    cases,
    changes,
    channels,
    differences,
    officers,
    quarantine,
    recoveries,
    refused,
    unmask,
    unshared,
    verdict,
    withdrawals,
)
from gongxiang.ops.door import Here, Stage
from gongxiang.ops.navigation import menu
from gongxiang.ops.page import Done, File, Page
from gongxiang.ops.roles import MATRIX, may_do, may_see
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

log = logging.getLogger(__name__)

Show = Callable[..., Page]
Do = Callable[..., Page | Done | File]
Answer = Callable[..., HttpResponseBase]

PAGES: Final[tuple[tuple[str, str, Show], ...]] = (
    ("", "index", today.page),
    ("find/", "find", find.page),
    ("must-see/", "must_see", must_see.page),
    ("orders/", "orders", orders.page),
    ("orders/<int:member>/<int:number>/", "order", order.page),
    ("steps/", "steps", steps.page),
    ("lots/", "lots", lots.page),
    ("postings/", "postings", postings.page),
    ("batches/", "batches", batches.page),
    ("batches/<int:number>/", "batch", batches.one_page),
    ("balances/", "balances", balances.page),
    ("withdrawals/", "withdrawals", withdrawals.page),
    ("withdrawals/<int:member>/<int:number>/", "withdrawal", verdict.page),
    ("cases/", "cases", cases.page),
    ("cases/<int:member>/<int:number>/", "case", cases.one_page),
    ("quarantine/", "quarantine", quarantine.page),
    ("quarantine/<int:number>/", "notice", quarantine.one_page),
    ("differences/", "differences", differences.page),
    (
        "differences/<slug:provider>/<slug:kind>/<str:number>/",
        "difference",
        differences.one_page,
    ),
    ("refunds/", "refunds", refused.page),
    ("refunds/<str:number>/", "refund", refused.one_page),
    ("shares/", "shares", unshared.page),
    ("shares/<str:number>/", "share", unshared.one_page),
    ("recoveries/", "recoveries", recoveries.page),
    ("recoveries/<int:member>/<int:number>/", "recovery", recoveries.one_page),
    ("members/", "members", members.page),
    ("members/<int:number>/", "member", members.one_page),
    ("members/<int:number>/unmask/", "unmask", unmask.page),
    ("applications/", "applications", applications.page),
    ("applications/<int:member>/<int:number>/", "application", applications.one_page),
    ("stores/", "stores", stores.page),
    ("stores/<int:number>/", "store", stores.one_page),
    ("stores/<int:number>/channels/", "channel", channels.one_page),
    ("channels/", "channels", channels.page),
    ("changes/", "changes", changes.page),
    ("stores/<int:store>/changes/<int:number>/", "change", changes.one_page),
    ("contracts/", "contracts", contracts.page),
    ("rules/", "versions", versions.page),
    ("rules/<int:number>/", "version", versions.one_page),
    ("officers/", "officers", officers.page),
    ("officers/<int:number>/", "officer", officers.one_page),
    ("audit/", "audit", audit.page),
)
DEEDS: Final[dict[str, Do]] = {
    "withdrawal": verdict.review,
    "application": applications.review,
    "case": cases.review,
    "notice": quarantine.handle,
    "difference": differences.claim,
    "refund": refused.again,
    "share": unshared.decide,
    "recovery": recoveries.review,
    "channel": channels.change,
    "change": changes.review,
    "unmask": unmask.show,
    "officers": officers.add,
    "officer": officers.change,
    "audit": audit.export,
}
"""What the form of a page does; a page that is not here takes none."""
READING: Final = ("GET", "HEAD")


class Console(UnfoldAdminSite):  # type: ignore[misc]
    """The staff console."""

    login_template = "ops/login.html"
    logout_template = "ops/left.html"
    password_change_template = "ops/password.html"  # noqa: S105  a template
    password_change_done_template = "ops/password_done.html"  # noqa: S105  a template

    def get_urls(self) -> list[URLPattern]:
        """Give every address."""
        return [
            *(path(route, self._page(name, show), name=name) for route, name, show in PAGES),
            path("login/", self.login, name="login"),
            path("factor/", self._factor, name="factor"),
            path("logout/", self.admin_view(self.logout), name="logout"),
            path("search/", self._page("search", find.palette), name="search"),
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
            path("<path:unknown>", self._page("unknown", _unknown), name="unknown"),
        ]

    def has_permission(self, request: HttpRequest) -> bool:
        """Let in who passed both factors and whose session still counts."""
        return door.stage(request) is Stage.IN

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Ask for the password, then lead on to the second factor."""
        if request.method in READING and door.stage(request) is Stage.FACTOR:
            return _to_factor(request.GET.get("next", ""))
        answer: HttpResponseBase = super().login(request, extra_context)
        if isinstance(answer, HttpResponseRedirect) and request.method == "POST":
            door.begin(request)
            answer = _to_factor(answer.url)
            door.seen(request, answer)
        return answer

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Sign out, and write it down."""
        if request.method == "POST":
            name = request.user.get_username()
            note_officer(kind=AuditKind.SIGNED_OUT, officer=name, subject=("staff", name))
        answer: HttpResponseBase = super().logout(request, extra_context)
        return answer

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponseBase:
        """Change one's own password; this session goes on, the others end."""
        page = {"page": Page(title="改密码", face=None)}
        answer: HttpResponseBase = super().password_change(request, page | (extra_context or {}))
        if isinstance(answer, HttpResponseRedirect):
            name = request.user.get_username()
            note_officer(kind=AuditKind.PASSWORD_CHANGED, officer=name, subject=("staff", name))
        door.seen(request, answer)
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
        place = (match.url_name or "") if match else ""
        own: dict[str, Any] = {"templates": {"navigation": "ops/navigation.html"}}
        if self.has_permission(request):
            who = door.here(request)
            own |= {"officer": who, "groups": tuple(menu(here=place, role=who.role))}
        return context | own

    def _page(self, name: str, show: Show) -> Answer:
        """Make the view of a page: for those the matrix names, reading unless its form is sent."""
        deed = DEEDS.get(name)

        def view(request: HttpRequest, **numbers: int) -> HttpResponseBase:
            who = door.here(request)
            is_form = request.method == "POST" and deed is not None
            if not is_form and request.method not in READING:
                return HttpResponseNotAllowed(READING if deed is None else (*READING, "POST"))
            if not (may_do if is_form else may_see)(who.role, name):
                answer: HttpResponseBase = self._shown(request, name, _refused(request, who))
            elif is_form and deed is not None:
                answer = self._done(request, name, deed, who, numbers)
            else:
                answer = self._shown(request, name, _read(show, request, numbers))
            door.seen(request, answer)
            return answer

        view.__name__ = name
        answer: Answer = self.admin_view(view)
        return answer

    def _done(
        self, request: HttpRequest, name: str, deed: Do, who: Here, numbers: dict[str, int]
    ) -> HttpResponseBase:
        try:
            told = deed(request, who, **numbers)
        except NotThere as missing:
            told = _trouble("没有找到", missing, 404)
        except Unreadable as unreadable:
            told = _trouble("没有看懂", unreadable, 400)
        if isinstance(told, Done):
            messages.success(request, told.words)
            return HttpResponseRedirect(told.href, status=303)
        if isinstance(told, File):
            saved = f'attachment; filename="{told.name}"'
            kind, heads = "text/csv; charset=utf-8", {"Content-Disposition": saved}
            return HttpResponse(told.body, content_type=kind, headers=heads)
        return self._shown(request, name, told)

    def _shown(self, request: HttpRequest, name: str, page: Page) -> HttpResponseBase:
        own = {"page": page, "title": page.title, "is_money": MATRIX[name].is_money}
        context = self.each_context(request) | own
        request.current_app = self.name
        return TemplateResponse(request, page.template, context, status=page.status)

    def _factor(self, request: HttpRequest) -> HttpResponseBase:
        """Ask for the second factor, or set it up."""
        if request.method not in (*READING, "POST"):
            return HttpResponseNotAllowed((*READING, "POST"))
        if door.stage(request) is not Stage.FACTOR:
            return HttpResponseRedirect(reverse("admin:login"))
        answer = factor.view(request, self.each_context(request))
        door.seen(request, answer)
        return answer


def _to_factor(way_on: str) -> HttpResponseRedirect:
    query = QueryDict(mutable=True)
    query["next"] = way_on or reverse("admin:index")
    return HttpResponseRedirect(f"{reverse('admin:factor')}?{query.urlencode(safe='/')}")


def _refused(request: HttpRequest, who: Here) -> Page:
    """Say that a page is not for this role, and write it down."""
    match = request.resolver_match
    name = (match.url_name or "unknown") if match else "unknown"
    try:
        note_officer(
            kind=AuditKind.PAGE_DENIED, officer=who.name, subject=("page", name), why=request.path
        )
    except (DatabaseError, psycopg.Error) as error:
        log.warning("%s was refused %r, which could not be written down: %s", who.name, name, error)
    words = f"这一页不属于「{who.role.label}」。需要的话，请管理员调整你的角色。"
    return Page(title="不能看", face=words, template="ops/trouble.html", status=403)


def _read(show: Show, request: HttpRequest, numbers: dict[str, int]) -> Page:
    """Ask for a page; what is not there or cannot be read is a page as well."""
    try:
        with reading():
            return show(request, **numbers)
    except NotThere as missing:
        return _trouble("没有找到", missing, 404)
    except Unreadable as unreadable:
        return _trouble("没有看懂", unreadable, 400)


def _trouble(title: str, error: Exception, status: int) -> Page:
    return Page(title=title, face=str(error), template="ops/trouble.html", status=status)


def _unknown(request: HttpRequest, *, unknown: str) -> Page:  # noqa: ARG001  every page's form
    raise NotThere(f"没有「{unknown}」这一页，可能是链接旧了")


console = Console(name="admin")
