"""Publishing the first rulebook: the platform opens with its genesis holding (E4, R9).

Source: E4, R9, H4.
"""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from psycopg import Cursor

from gongxiang.economy import movement
from gongxiang.economy.pool import genesis_points
from gongxiang.economy.terms import Terms
from gongxiang.governance import audit_log
from gongxiang.governance.models import AuditKind, RuleVersion
from gongxiang.ledger import raw
from gongxiang.ledger.posting import Book, Head, post
from gongxiang.points.models import Pool
from gongxiang.rulebook.values import to_values
from gongxiang.settlement.opening import Opening, feed_hash

BEGINNING = datetime.min.replace(tzinfo=UTC)


class RulesInForce(Exception):
    """The platform has a rulebook already; a later version replaces it with notice (R9)."""


def publish_rules(
    *, terms: Terms, preset: str, settings: Sequence[str] = (), officer: str = "", why: str = ""
) -> None:
    """Put the first rulebook in force and post the genesis holding; one transaction.

    Where somebody of the staff does it, `officer` and `why` are a line of the audit log.

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
        with raw.cursor() as cursor:
            _post_genesis(cursor, opening, money=money, points=points)
            if officer:
                audit_log.note(
                    cursor,
                    kind=AuditKind.RULES_PUBLISHED,
                    subject=("rules", 1),
                    officer=officer,
                    after={"preset": preset, "settings": ", ".join(settings)},
                    why=why,
                )


def _post_genesis(cursor: Cursor[Any], opening: Opening, *, money: int, points: int) -> None:
    """Write the first batch: the genesis holding."""
    book = Book()
    book.add(movement.opening(money=money, points=points), event=0)
    head = Head(
        number=1,
        kind="genesis",
        reference="genesis",
        until=(BEGINNING, 0, 0),
        last_step=0,
        facts=0,
        money=money,
        circulating=points,
        content=opening.content(),
        row_digests=b"",
    )
    post(cursor, book, head)
