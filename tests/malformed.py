"""Lines that stop a run of an event file, whatever stands before them.

Units: none.
Source: events.md "Malformed".
"""

MALFORMED = (
    "null",
    "[]",
    "{}",
    "{",
    '{"type": "clock", "id": "c", "at": "2026-03-01T00:00:00+08:00"} {}',
    '{"type": "nothing", "id": "c", "at": "2026-03-01T00:00:00+08:00"}',
    '{"type": ["clock"], "id": "c", "at": "2026-03-01T00:00:00+08:00"}',
    '{"type": "clock", "at": "2026-03-01T00:00:00+08:00"}',
    '{"type": "clock", "id": "c"}',
    '{"type": "clock", "id": "c", "at": null}',
    '{"type": "clock", "id": "c", "at": 5}',
    '{"type": "clock", "id": "", "at": "2026-03-01T00:00:00+08:00"}',
    '{"type": "clock", "id": 7, "at": "2026-03-01T00:00:00+08:00"}',
    '{"type": "clock", "id": "c", "at": "2026-03-01T00:00:00+08:00", "why": "so"}',
    '{"type": "clock", "id": "c", "id": "c", "at": "2026-03-01T00:00:00+08:00"}',
    '{"type": "clock", "id": "c", "at": "2026-03-01T00:00:00"}',
    '{"type": "clock", "id": "c", "at": "2026-03-01 00:00:00+08:00"}',
    '{"type": "clock", "id": "c", "at": "2026-03-01T00:00:00+0800"}',
    '{"type": "clock", "id": "c", "at": "2026-03-01T00:00:00+08"}',
    '{"type": "clock", "id": "c", "at": "2026-03-01T00:00+08:00"}',
    '{"type": "clock", "id": "c", "at": "2026-03-01T00:00:00,5Z"}',
    '{"type": "clock", "id": "c", "at": "2026-02-29T00:00:00Z"}',
    '{"type": "clock", "id": "c", "at": "2026-03-01T24:00:00Z"}',
    '{"type": "clock", "id": "c", "at": "2026-03-01T00:00:60Z"}',
    '{"type": "clock", "id": "c", "at": "2026-03-01T00:00:00+24:00"}',
    '{"type": "clock", "id": "c", "at": "2026-03-01T00:00:00Z "}',
    '{"type": "clock", "id": "c", "at": "\u0662026-03-01T00:00:00Z"}',
    '{"type": "injected", "id": "i", "amount_fen": 100.0, "at": "2026-03-01T00:00:00Z"}',
    '{"type": "injected", "id": "i", "amount_fen": 1e2, "at": "2026-03-01T00:00:00Z"}',
    '{"type": "injected", "id": "i", "amount_fen": true, "at": "2026-03-01T00:00:00Z"}',
    '{"type": "injected", "id": "i", "amount_fen": "100", "at": "2026-03-01T00:00:00Z"}',
    '{"type": "injected", "id": "i", "amount_fen": NaN, "at": "2026-03-01T00:00:00Z"}',
    '{"type": "sold", "id": "s", "member": "m", "points": 5, "at": "2026-03-01T00:00:00Z"}',
    '{"type": "sold", "id": "s", "member": "m", "points": "", "at": "2026-03-01T00:00:00Z"}',
    '{"type": "sold", "id": "s", "member": "m", "points": "-5", "at": "2026-03-01T00:00:00Z"}',
    '{"type": "sold", "id": "s", "member": "m", "points": "\u0665", "at": "2026-03-01T00:00:00Z"}',
    '{"type": "sold", "id": "s", "member": "", "points": "5", "at": "2026-03-01T00:00:00Z"}',
    (
        '{"type": "refunded", "id": "r", "order": "o", "amount_fen": 5, "own_rate": -1,'
        ' "at": "2026-03-01T00:00:00Z"}'
    ),
    (
        '{"type": "refunded", "id": "r", "order": "o", "amount_fen": 5, "own_rate": 10001,'
        ' "at": "2026-03-01T00:00:00Z"}'
    ),
    (
        '{"type": "refunded", "id": "r", "order": "o", "amount_fen": 5, "own_rate": null,'
        ' "at": "2026-03-01T00:00:00Z"}'
    ),
    (
        '{"type": "refunded", "id": "r", "order": "o", "amount_fen": 5, "own_rate": "30",'
        ' "at": "2026-03-01T00:00:00Z"}'
    ),
    (
        '{"type": "refunded", "id": "r", "order": "o", "amount_fen": 5, "own_rate": true,'
        ' "at": "2026-03-01T00:00:00Z"}'
    ),
    (
        '{"type": "refunded", "id": "r", "order": "o", "amount_fen": 5, "own_rate": 30.0,'
        ' "at": "2026-03-01T00:00:00Z"}'
    ),
    '{"type": "member", "id": "m", "referrer": null}',
    '{"type": "member", "id": "m", "referrer": "", "via_store": null}',
    '{"type": "member", "id": "m", "referrer": 0, "via_store": null}',
    '{"type": "agent", "id": "a", "member": "m", "level": "street", "region": "440106"}',
    '{"type": "agent", "id": "a", "member": null, "level": "city", "region": "440100"}',
    '{"type": "grand_region", "id": "g", "provinces": "440000"}',
    '{"type": "grand_region", "id": "g", "provinces": [440000]}',
    '{"type": "agent_ended", "id": "e", "level": null, "region": "440100"}',
    '{"type": "store", "id": "s", "owner": null, "recruiter": null, "district": 440106}',
)
