"""The commission of a store at a moment: that of the last change, else what it opened with.

    RATE.format(at="...")    an SQL expression over `store`, a row of merchants_store

Units: rates per myriad. Source: E6, E7, R9.
"""

from typing import Final

RATE: Final = """
coalesce((SELECT changed.commission_rate FROM merchants_ratechange changed
           WHERE changed.store_id = store.store_id AND changed.since_at <= {at}
           ORDER BY changed.since_at DESC LIMIT 1), store.commission_rate)
"""
NOW: Final = """
(SELECT clock_timestamp() + make_interval(secs => offset_seconds) FROM points_horizon)
"""
RATE_NOW: Final = RATE.format(at=NOW)
"""The commission by the platform's clock."""
