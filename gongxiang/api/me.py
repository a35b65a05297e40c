"""The member who asks: account, consents, how many he brought, his token.

Units: none. Source: H5 (nobody's spending, masked names).
"""

from typing import Final

from django.http import HttpRequest
from ninja import Router
from ninja.responses import Status
from pydantic import Field

from gongxiang.acts.end_token import end_token
from gongxiang.api.token import READ, member_of, shown
from gongxiang.api.wire import Count, Id, Moment, Text, Told, maybe_moment, moment
from gongxiang.members.tokens import Scope
from gongxiang.queries import people, pool

router: Final = Router(tags=["me"], auth=READ)


class IdentityTold(Told):
    """A way to sign in, masked."""

    issuer: Text = Field(examples=["手机号"])
    shown: Text


class MeTold(Told):
    """The member as he sees himself."""

    name: Text
    code: Text = Field(description="code of the invitation link /i/<code>")
    recommender: Text
    opened_at: Moment
    identities: list[IdentityTold]


class ConsentTold(Told):
    """What was agreed to: for one purpose, in one version, until withdrawn."""

    title: Text
    version: Text
    given_at: Moment
    withdrawn_at: Moment | None


class ConsentsTold(Told):
    """All consents, oldest first."""

    items: list[ConsentTold]


class TeamTold(Told):
    """How many the member brought; nobody's spending is told."""

    direct: Count
    indirect: Count


class TokenTold(Told):
    """The token that was shown: what it may do, until when."""

    number: Id
    name: Text
    scopes: list[Scope]
    made_at: Moment
    ends_at: Moment


@router.get("/me", response=MeTold, operation_id="me", summary="我的账户")
def me(request: HttpRequest) -> MeTold:
    """Tell who the member is here."""
    with pool.one_moment():
        person = people.person(member=member_of(request))
    return MeTold(
        name=person.shown,
        code=person.code,
        recommender=person.recommender,
        opened_at=moment(person.opened_at),
        identities=[IdentityTold(issuer=one.issuer, shown=one.shown) for one in person.identities],
    )


@router.get("/me/consents", response=ConsentsTold, operation_id="consents", summary="我同意过的")
def consents(request: HttpRequest) -> ConsentsTold:
    """List what the member agreed to."""
    with pool.one_moment():
        person = people.person(member=member_of(request))
    return ConsentsTold(
        items=[
            ConsentTold(
                title=one.title,
                version=one.version,
                given_at=moment(one.given_at),
                withdrawn_at=maybe_moment(one.withdrawn_at),
            )
            for one in person.consents
        ]
    )


@router.get("/me/team", response=TeamTold, operation_id="team", summary="我的推荐")
def team(request: HttpRequest) -> TeamTold:
    """Count whom the member brought."""
    with pool.one_moment():
        found = people.team(member=member_of(request))
    return TeamTold(direct=found.direct, indirect=found.indirect)


@router.get("/me/token", response=TokenTold, operation_id="token", summary="这个令牌")
def token(request: HttpRequest) -> TokenTold:
    """Tell what the token that was shown may do."""
    own = shown(request)
    return TokenTold(
        number=str(own.number),
        name=own.name,
        scopes=list(own.scopes),
        made_at=moment(own.made_at),
        ends_at=moment(own.ends_at),
    )


@router.delete("/me/token", response={204: None}, operation_id="end_token", summary="收回这个令牌")
def end(request: HttpRequest) -> Status[None]:
    """End the token that was shown, for good."""
    own = shown(request)
    end_token(member=own.member, number=own.number)
    return Status(204, None)
