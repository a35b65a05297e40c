"""The pages of an application: five steps, each saved as it was typed, then the review.

    /store/apply → /store/apply/<number>/shop → place → rate → papers → send → 待审核

A POST saves first and looks second, so that nothing typed is lost whatever is wrong with it.

Units: rates per myriad. Source: design/ui/faces.md 6.3, 1.7; R4, E6; spec/platform.md (Store).
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods

from gongxiang.acts.add_document import TooLarge, add_document
from gongxiang.acts.apply_for_store import apply_for_store
from gongxiang.acts.save_application import NotEditable, save_application
from gongxiang.acts.submit_application import NoConsent, submit_application
from gongxiang.base.picture import NotAPicture, TooManyPixels
from gongxiang.economy.terms import Terms
from gongxiang.governance.terms import terms_of
from gongxiang.merchants import applications, documents
from gongxiang.merchants.applications import DOCUMENTS, FIELDS, Unfit
from gongxiang.queries import applications as queries
from gongxiang.queries.applications import Asked
from gongxiang.web.merchant.applying import faces, words
from gongxiang.web.shared import kept_form
from gongxiang.web.shared.identity import member_of, member_required

_VERSION: Final = 1
_UNPROCESSABLE: Final = 422
_CODE_MAX: Final = 20
_CHOOSE: Final = "choose_province"


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Say what applying takes, list the applications there are; a POST begins one."""
    member = _member(request)
    by = (request.POST if request.method == "POST" else request.GET).get("by", "")[:_CODE_MAX]
    if request.method == "POST":
        number = apply_for_store(member=member)
        if by:
            save_application(member=member, application=number, typed={"recruiter": by})
        return _see("merchant:apply_step", number, "shop")
    context = {
        "asked": queries.mine(member=member),
        "by": by,
        "bringer": queries.bringer(code=by) if by else None,
        "terms": terms_of(_VERSION),
    }
    return render(request, "merchant/apply/begin.html", context)


@member_required
@require_GET
def overview(request: HttpRequest, number: int) -> HttpResponse:
    """Show how an application stands and what its steps still lack."""
    asked = _asked(request, number)
    steps = faces.steps(asked, terms=terms_of(_VERSION))
    context = {
        "asked": asked,
        "steps": steps,
        "onward": faces.onward(steps),
        "summary": faces.summary(asked),
        "missing": [(words.CALLED[item], why) for item, why in asked.missing.items()],
    }
    return render(request, "merchant/apply/overview.html", context)


@member_required
@require_http_methods(["GET", "HEAD", "POST"])
@kept_form.keeps(*FIELDS)
def step(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """Show a step; a POST saves it and goes on, or says what does not fit."""
    if name not in faces.STEPS:
        raise Http404
    asked, terms = _asked(request, number), terms_of(_VERSION)
    if not asked.is_editable:
        return _see("merchant:application", number)
    if request.method != "POST":
        asked = replace(asked, typed={**asked.typed, **kept_form.typed(request)})
        return _page(request, asked, name, troubles={}, terms=terms)
    try:
        troubles = _save(request, asked, name, terms=terms)
    except NotEditable:
        return _see("merchant:application", number)
    if troubles:
        return _page(request, _asked(request, number), name, troubles=troubles, terms=terms)
    after = name if _CHOOSE in request.POST else faces.after(name)
    if after is None:
        return _see("merchant:application", number)
    return _see("merchant:apply_step", number, after)


@member_required
@require_GET
def document(request: HttpRequest, token: str) -> HttpResponse:
    """Show an applicant a picture of his own; for others there is none."""
    kind = queries.document_of(member=_member(request), token=token)
    if kind is None:
        raise Http404
    return documents.private_answer(token, called=kind)


def _save(request: HttpRequest, asked: Asked, name: str, *, terms: Terms) -> dict[str, str]:
    """Keep what was typed, then look at it; give what is wrong with which item, in words."""
    typed = {field: request.POST[field] for field in FIELDS if field in request.POST}
    save_application(member=asked.member, application=asked.number, typed=typed)
    if _CHOOSE in request.POST:
        return {}
    if name == "send":
        return _send(request, asked, terms=terms)
    texts = {field: " ".join(one.split()) for field, one in {**asked.typed, **typed}.items()}
    found = applications.troubles_of(texts, terms=terms)
    troubles = {
        item: words.of(item, trouble, terms=terms)
        for item, trouble in found.items()
        if words.STEP_OF[item] == name
    }
    return troubles | (_take_pictures(request, asked) if name == "papers" else {})


def _take_pictures(request: HttpRequest, asked: Asked) -> dict[str, str]:
    """Take in the pictures that came along; what is there already need not come again."""
    troubles: dict[str, str] = {}
    for kind in DOCUMENTS:
        file = request.FILES.get(kind)
        if isinstance(file, UploadedFile):
            trouble = _take_picture(asked, kind, file.read())
            troubles |= {kind: trouble} if trouble else {}
        elif kind not in asked.documents:
            troubles[kind] = words.NO_PICTURE
    return troubles


def _take_picture(asked: Asked, kind: str, data: bytes) -> str:
    try:
        add_document(member=asked.member, application=asked.number, kind=kind, data=data)
    except TooLarge:
        return words.TOO_LARGE
    except TooManyPixels:
        return words.TOO_MANY_PIXELS
    except NotAPicture:
        return words.NOT_A_PICTURE
    return ""


def _send(request: HttpRequest, asked: Asked, *, terms: Terms) -> dict[str, str]:
    try:
        submit_application(
            member=asked.member,
            application=asked.number,
            is_agreed=request.POST.get("agreed") == "on",
        )
    except NoConsent:
        return {"agreed": words.NO_CONSENT}
    except Unfit as unfit:
        return {
            item: words.of(item, trouble, terms=terms) for item, trouble in unfit.troubles.items()
        }
    return {}


def _page(
    request: HttpRequest, asked: Asked, name: str, *, troubles: Mapping[str, str], terms: Terms
) -> HttpResponse:
    context = {
        "asked": asked,
        "step": name,
        "place": faces.STEPS.index(name) + 1,
        "title": faces.TITLES[name],
        "typed": asked.typed,
        "troubles": troubles,
        "listed": faces.listed(asked, troubles),
        "draft_days": settings.DRAFT_DAYS,
        **faces.offers(asked, name, terms=terms),
    }
    status = _UNPROCESSABLE if troubles else 200
    return render(request, f"merchant/apply/{name}.html", context, status=status)


def _member(request: HttpRequest) -> int:
    member = member_of(request)
    assert member is not None, "the page is for members only"
    return member


def _asked(request: HttpRequest, number: int) -> Asked:
    asked = queries.one(member=_member(request), number=number)
    if asked is None:
        raise Http404
    return asked


def _see(name: str, *arguments: object) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse(name, args=arguments), status=303)
