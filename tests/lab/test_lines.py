"""A line is read exactly as it is described, or stops the run with its number.

Source: spec/events.md (Lines, Malformed).
"""

from random import Random

import pytest
from msgspec import UNSET

from gongxiang.base.clock import UnreadableMoment, parse_at
from gongxiang.lab.lines import ClockLine, InjectedLine, Malformed, StoreLine, decode
from gongxiang.lab.replay import Replay
from tests import oracle
from tests.economy.watched import SEED_1, picture
from tests.malformed import MALFORMED
from tests.strategies import scenario

CLOCK = b'{"type": "clock", "id": "c0", "at": "2026-03-01T00:00:00+08:00"}'
PIECES = (
    *(b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b" ", b"\t", b"\x00", b"\xff", b"\xc3\xa9"),
    *(b"null", b"true", b"1.0", b"1e3", b"-", b"0", b"NaN", b'"id":"x",', b"Z", b"+08:00", b'""'),
    *(b"9" * 70, b"\xef\xbb\xbf", b"\\u0031", b"/*x*/"),
)


def is_read(raw: bytes) -> bool:
    """Tell whether the product reads a line."""
    try:
        line = decode(raw, number=1)
        if line.at is not UNSET:
            parse_at(line.at)
    except (Malformed, UnreadableMoment):
        return False
    return True


def is_read_by_oracle(raw: bytes) -> bool:
    """Tell whether the oracle reads it."""
    try:
        return bool(oracle.read([raw]))
    except oracle.Malformed:
        return False


@pytest.mark.parametrize("text", MALFORMED)
def test_a_malformed_line_stops_the_run_with_its_number_and_changes_nothing(text: str) -> None:
    replay = Replay(SEED_1)
    replay.take(1, decode(CLOCK, number=1))
    before = picture(replay.state)
    with pytest.raises(Malformed, match="line 2: ") as stopped:
        replay.take(2, decode(text.encode(), number=2))
    assert stopped.value.line == 2
    assert picture(replay.state) == before


def test_a_line_under_a_used_id_must_be_readable_too() -> None:
    replay = Replay(SEED_1)
    replay.take(1, decode(CLOCK, number=1))
    with pytest.raises(Malformed, match="line 2: `at`"):
        replay.take(2, ClockLine("c0", "2026-02-30T00:00:00Z"))
    assert (replay.refused, replay.repeated) == ([], 0)


def test_names_may_hold_anything_but_nul() -> None:
    line = decode('{"type":"injected","id":"é\\"\\n会","amount_fen":1,"at":"x"}'.encode(), number=1)
    assert line.id == 'é"\n会'
    spelled = b'{"type":"injected","id":"a\\\\u0000","amount_fen":1,"at":"x"}'
    assert decode(spelled, number=1).id == "a\\u0000"
    with pytest.raises(Malformed, match="line 7: a name holds the character NUL"):
        decode(b'{"type":"injected","id":"a\\u0000","amount_fen":1,"at":"x"}', number=7)


@pytest.mark.parametrize("digits", [30, 1_000, 4_300, 4_301, 100_000])
def test_an_amount_of_any_length_is_read_and_refused_later(digits: int) -> None:
    raw = b'{"type":"injected","id":"i","amount_fen":-%s,"at":"2026-03-01T00:00:00Z"}'
    line = decode(raw % (b"9" * digits), number=1)
    assert isinstance(line, InjectedLine)
    assert line.amount_fen < -(10**29)
    replay = Replay(SEED_1)
    replay.take(1, line)
    assert replay.refused == [(1, "amount")]


def test_a_key_that_stands_twice_is_noticed_where_the_line_is_long_too() -> None:
    raw = b'{"type":"injected","amount_fen":1,"id":"i","amount_fen":%s,"at":"x"}' % (b"9" * 5_000)
    with pytest.raises(Malformed, match="a key stands twice"):
        decode(raw, number=1)


def test_the_order_of_keys_and_blanks_between_them_mean_nothing() -> None:
    spread = b' \t{ "at" : "x" ,\r"id":"c0", "type" :"clock" } \r'
    assert decode(spread, number=1) == ClockLine("c0", "x")
    store = b'{"commission_rate":2000,"district":null,"recruiter":null,"owner":null,"id":"s"'
    store += b',"type":"store"}'
    assert decode(store, number=1) == StoreLine("s", None, None, None, 2_000)


@pytest.mark.parametrize("seed", range(20))
def test_a_mutilated_line_is_read_by_both_or_by_neither(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - chance, not a secret
    for text in scenario(seed, 60) * 3:
        raw = bytearray(text.encode())
        for _ in range(chance.choice((1, 1, 2, 3))):
            place = chance.randrange(len(raw) + 1)
            cut = chance.choice((0, 0, 1, chance.randrange(8)))
            raw[place : place + cut] = chance.choice((b"", *PIECES))
        if bytes(raw).strip(b" \t\r\n"):
            assert is_read(bytes(raw)) == is_read_by_oracle(bytes(raw)), bytes(raw)


def test_what_no_text_can_hold_is_malformed() -> None:
    for name in (b"\\ud800", b"\xff", b"\xed\xa0\x80"):
        with pytest.raises(Malformed):
            decode(b'{"type":"clock","id":"%s","at":"x"}' % name, number=1)
