"""Publishing the first rulebook: the platform opens with its genesis holding (E4, R9).

Source: E4, R9, H4.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

from django.db import transaction
from django.db.models.functions import Now

from gongxiang.economy import movement
from gongxiang.economy.pool import genesis_points
from gongxiang.economy.terms import Terms
from gongxiang.governance.models import RuleVersion
from gongxiang.ledger import raw
from gongxiang.ledger.posting import Book, Head, post
from gongxiang.points.models import Pool
from gongxiang.rulebook.values import to_values
from gongxiang.settlement.opening import Opening, feed_hash

BEGINNING = datetime.min.replace(tzinfo=UTC)


class RulesInForce(Exception):
    """The platform has a rulebook already; a later version replaces it with notice (R9)."""


def publish_rules(*, terms: Terms, preset: str, settings: Sequence[str] = ()) -> None:
    """Put the first rulebook in force and post the genesis holding; one transaction.

    Raises `RulesInForce` when the platform has a rulebook.
    """
    money, points = terms.genesis_money, genesis_points(terms)
    secret = secrets.token_bytes(32)
    opening = Opening(
        preset=preset, settings=settings, values=to_values(terms), feed=feed_hash(secret)
    )
    with transaction.atomic(durable=True):
        if RuleVersion.objects.exists():
            raise RulesInForce
        RuleVersion.objects.create(
            id=1,
            preset=preset,
            terms=opening.values,
            settings=list(settings),
            published_at=Now(),
            effective_at=None,
        )
        Pool.objects.create(
            id=1,
            version_id=1,
            money=money,
            circulating=points,
            step=0,
            batch=1,
            cursor_at=BEGINNING,
            cursor_rank=0,
            cursor_id=0,
            orders=0,
            lots_exited=0,
            paid_to_members=0,
            spend=0,
            feed_secret=secret,
        )
        book = Book()
        book.add(movement.opening(money=money, points=points), event=0)
        with raw.cursor() as cursor:
            post(
                cursor,
                book,
                Head(
                    number=1,
                    kind="genesis",
                    reference="genesis",
                    until=(BEGINNING, 0, 0),
                    last_step=0,
                    facts=0,
                    money=money,
                    circulating=points,
                    content=opening.content(),
                ),
            )
