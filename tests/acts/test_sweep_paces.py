"""Who used none of his share is forgotten, whoever is in the middle of it is not.

Source: H5; reliability 8 (7).
"""

import psycopg
import pytest

from gongxiang.acts.sweep_paces import sweep_paces
from gongxiang.members import pace


def test_only_what_is_over_goes(admin: psycopg.Connection) -> None:
    pace.wait(key="old", rate=1)
    pace.wait(key="young", rate=1)
    admin.execute("UPDATE members_pace SET due_at = due_at - interval '2 minutes' WHERE key='old'")
    assert sweep_paces() == 1
    assert sweep_paces() == 0
    assert admin.execute("SELECT key FROM members_pace").fetchall() == [("young",)]
    assert pace.wait(key="old", rate=1) == 0
    assert pace.wait(key="young", rate=1) == pytest.approx(60, abs=1)
