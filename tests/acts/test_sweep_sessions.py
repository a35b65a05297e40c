"""Sessions that are over are forgotten, the others are not.

Source: H5; reliability 8 (25).
"""

from datetime import UTC, datetime, timedelta

from gongxiang.acts.sweep_sessions import sweep_sessions
from gongxiang.members.sessions import SessionStore
from tests.conftest import Database


def _session(days: int, **held: int) -> SessionStore:
    store = SessionStore()
    store.update(held)
    store.set_expiry(datetime.now(UTC) + timedelta(days=days))
    store.save()
    return store


def test_what_is_over_goes_and_what_counts_stays(database: Database) -> None:
    assert database.name
    over, counts, stranger = _session(-1, member=7), _session(1, member=7), _session(1)
    assert sweep_sessions() == 1
    assert sweep_sessions() == 0
    for store, held in ((over, None), (counts, 7), (stranger, None)):
        assert SessionStore(store.session_key).get("member") == held
    assert stranger.exists(str(stranger.session_key))
