"""What a person reads when a page cannot be shown: what happened, whether money moved, what next.

`Missing` is raised by pages for an address that leads nowhere; Django calls the other four. None
of them asks the database, so each works when nothing else does.

Units: none. Source: design/ui/faces.md 4 (not found, our fault, our fault with unknown effect).
"""

import logging
from dataclasses import dataclass

from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

log = logging.getLogger(__name__)

RETRY_SECONDS = 30
REST_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """One error page: `tone` is the colour of its ring, w waiting, b broken, empty plain."""

    heading: str
    title: str
    note: str
    action: str
    href: str
    tone: str = ""
    record: str = ""


class Missing(Http404):
    """Nothing is at this address; says what there is instead."""

    def __init__(self, *, title: str, note: str, action: str, href: str) -> None:
        """Keep the words of the page."""
        super().__init__(title)
        self.trouble = Trouble(heading="没有找到", title=title, note=note, action=action, href=href)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is no such page."""
    trouble = getattr(exception, "trouble", None) or Trouble(
        heading="没有找到",
        title="没有这一页",
        note="可能是链接旧了。",
        action="回首页",
        href=reverse("public:front"),
    )
    return _page(request, trouble, status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  Django's form
    """Say that the address or the form cannot be read."""
    trouble = Trouble(
        heading="没有看懂",
        title="这个请求读不出来",
        note="钱没有动。可能是链接被截断了，可以从首页再进一次。",
        action="回首页",
        href=reverse("public:front"),
    )
    return _page(request, trouble, status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that this page is not for this person."""
    trouble = getattr(exception, "trouble", None) or Trouble(
        heading="不能看",
        title="这一页不对你开放",
        note="钱没有动。可能是登录过期了，或者换了身份。",
        action="回首页",
        href=reverse("public:front"),
    )
    return _page(request, trouble, status=403)


def form_expired(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form without its token was not taken: it is old, or came from elsewhere."""
    log.info("refused a form of %r: %s", request.path, reason)
    trouble = Trouble(
        heading="没有收下",
        title="这张表单过期了",
        note="钱没有动，什么都没有改。回到那一页，再填一次就行。",
        action="回到那一页",
        href=request.path,
    )
    return _page(request, trouble, status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that it is our fault, with the number under which it was recorded."""
    looked_only = request.method in {"GET", "HEAD"}
    trouble = Trouble(
        heading="没有完成",
        title="我们这边出了问题" + ("，你的钱没有动" if looked_only else ""),
        note="已收到记录，可以直接再试一次。"
        if looked_only
        else "正在核对这笔有没有成。结果会出现在零钱明细或订单里，最迟 10 分钟。先不要重复操作。",
        action="再试一次" if looked_only else "回首页",
        href=request.get_full_path() if looked_only else reverse("public:front"),
        tone="b",
        record=getattr(request, "record", ""),
    )
    return _page(request, trouble, status=500)


def too_large(request: HttpRequest) -> HttpResponse:
    """Say that more was sent than any form of ours takes; it was not read."""
    trouble = Trouble(
        heading="没有收下",
        title="这次上传的内容太大",
        note="钱没有动。一张照片最多 8 MB，两张可以分两次传。填过的内容还在。",
        action="回去再传",
        href=request.path,
    )
    return _page(request, trouble, status=413)


def too_fast(request: HttpRequest, *, wait: int, kept_at: str = "") -> HttpResponse:
    """Say that somebody did more than a person does, when he can go on, and what is not lost.

    `kept_at` is the page on which what he typed is there again.
    """
    if request.method == "POST":
        kept = "填的内容还在。" if kept_at else ""
        trouble = Trouble(
            heading="没有收下",
            title="操作太快了",
            note=f"钱没有动，什么都没有改。{wait} 秒后可以再试。{kept}",
            action="回到那一页",
            href=kept_at or request.path,
            tone="w",
        )
    else:
        trouble = Trouble(
            heading="请等一等",
            title=f"{wait} 秒后可以再看",
            note="这一页刚才打开得太勤。钱没有动，什么都没有丢。",
            action="再试一次",
            href=request.get_full_path(),
            tone="w",
        )
    response = _page(request, trouble, status=429)
    response["Retry-After"] = str(wait)
    return response


def wrong_method(request: HttpRequest, *, allowed: str) -> HttpResponse:
    """Say that this address is not opened or sent like this: it is what a button leads to."""
    trouble = Trouble(
        heading="没有看懂",
        title="这个地址不能这样打开",
        note="钱没有动。它是某一页上的一个按钮，从那一页点进去就行。",
        action="回首页",
        href=reverse("public:front"),
    )
    response = _page(request, trouble, status=405)
    response["Allow"] = allowed
    return response


def not_open(request: HttpRequest) -> HttpResponse:
    """Say that the platform has not begun."""
    trouble = Trouble(
        heading="还没有开始",
        title="还没有公布规则",
        note="公布第一版规则之后，盈利池才开，这里才有数字。",
        action="再试一次",
        href=request.get_full_path(),
        tone="w",
    )
    return _page(request, trouble, status=503)


def maintenance(request: HttpRequest, *, until: str) -> HttpResponse:
    """Say until when everything rests; it touches nothing that was paid."""
    trouble = Trouble(
        heading="正在维护",
        title=f"正在维护，预计 {until} 恢复",
        note="付款码和已付订单不受影响，钱和积分都在。这段时间先别付款，恢复后再付。",
        action="再试一次",
        href=request.get_full_path() if request.method == "GET" else reverse("public:front"),
        tone="w",
    )
    response = _page(request, trouble, status=503)
    response["Retry-After"] = str(REST_SECONDS)
    return response


def unavailable(request: HttpRequest) -> HttpResponse:
    """Say that the ledger does not answer just now."""
    trouble = Trouble(
        heading="暂时看不到",
        title="账本暂时连不上",
        note="数字先不显示，免得给你看错的。账本里的钱和积分都在，一般几分钟内恢复。",
        action="再试一次",
        href=request.get_full_path() if request.method == "GET" else reverse("public:front"),
        tone="w",
        record=getattr(request, "record", ""),
    )
    response = _page(request, trouble, status=503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response


def _page(request: HttpRequest, trouble: Trouble, *, status: int) -> HttpResponse:
    page = render_to_string("shared/trouble.html", {"trouble": trouble, "request": request})
    return HttpResponse(page, status=status)
