"""The member's home: what waits for him, what his points pay now, stores nearby, last orders.

Near is where he paid last: nobody is asked where he stands.

Units: none. Source: design/ui/faces.md 6.2 (`/home`); H2.
"""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_safe

from gongxiang.queries import finder, offers, points
from gongxiang.queries.finder_data import Wanted
from gongxiang.queries.first_page import first_page
from gongxiang.queries.kept import kept
from gongxiang.queries.pool import one_moment
from gongxiang.queries.present import Present
from gongxiang.web.member.present import own_account, page, signed_in
from gongxiang.web.shared.identity import member_required

STORES_SHOWN: Final = 3


@member_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Print `/home`: what waits for me, what my points pay now, last orders, stores nearby."""
    member = signed_in(request)
    with one_moment():
        own = first_page(member=member, home=own_account(request))
        now = own.now
        lots = points.open_lots(member=member, versions=now.versions)
        division = own.orders[0].division if own.orders else finder.division_of(member=member)
        stores = kept(
            f"stores-{division}",
            now=now.pool,
            newest=max(now.versions),
            make=lambda: _stores(division, now),
        )
    context = {
        "own": own,
        "pays": offers.all_pays(lots, pair=now.pool.pair, now=now.pool.now),
        "held": sum(lot.left for lot in lots),
        "stores": mark_safe(stores),  # noqa: S308  printed from a template
        "division": division,
        "where": finder.name_of(division),
        "facts": now.facts,
        "terms": now.terms,
        "now": now.pool.now,
        "here": "home",
    }
    return page(request, "wallet/home.html", context)


def _stores(division: str, now: Present) -> str:
    """Print the stores of a division, the same for everybody there; nothing where there is none."""
    found = finder.find(wanted=Wanted(division=division), now=now.pool.now, size=STORES_SHOWN)
    return str(render_to_string("public/store_rows.html", {"stores": found})) if found else ""
