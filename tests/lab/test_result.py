"""A result is written in one form, piece by piece."""

import json

import pytest

from gongxiang.lab.result import of_state, share_returned, to_bytes, written
from tests.economy.watched import Watched, at_random, order

KEYS = (
    *("cash", "exits", "facts", "lots", "platform", "points", "pool", "refused", "repeated"),
    *("rewards", "stores", "unspent", "vouchers"),
)


def test_a_platform_where_nothing_happened_has_every_key_and_no_entry() -> None:
    answer = json.loads(to_bytes(of_state(Watched().state, refused=[], repeated=0)))
    assert tuple(answer) == KEYS
    assert answer["pool"] == {"circulating": "100000000000", "money": "100000"}
    assert answer["facts"] == {
        "lots_exited": 0,
        "lots_open": 0,
        "orders": 0,
        "paid_to_members": "0",
        "pending": 0,
        "share_returned_bp": 0,
        "spend": "0",
    }
    for key in ("cash", "lots", "points", "rewards", "stores", "vouchers"):
        assert answer[key] == {}
    assert (answer["exits"], answer["refused"]) == ([], [])


def test_names_are_written_as_they_are_and_sorted_by_their_characters() -> None:
    watched = Watched()
    watched.pay(*(order(name, member=name) for name in ("会员", "é", "z", '"', "a\n", "Z", "😀")))
    raw = to_bytes(of_state(watched.state, refused=[], repeated=0))
    assert "会员".encode() in raw
    lots = list(json.loads(raw)["lots"])
    assert lots == ['"', "Z", "a\n", "z", "é", "会员", "😀"]


@pytest.mark.parametrize("seed", range(20))
def test_pieces_are_the_whole_and_as_json_would_have_it(seed: int) -> None:
    watched = at_random(seed, lines=100)
    replay = watched.replay
    answer = of_state(watched.state, refused=replay.refused, repeated=replay.repeated)
    raw = to_bytes(answer)
    assert b"".join(written(answer)) == raw
    read = json.loads(raw)
    lots = read.pop("lots")
    assert read == {key: value for key, value in answer.items() if key != "lots"}
    for lot in watched.state.lots.values():
        six = (lot.spend, lot.minted, lot.left, lot.sold, lot.gross, lot.net)
        assert lots.pop(lot.order) == [str(number) for number in six]
    assert lots == {}


def test_the_share_returned_is_cut_to_whole_per_myriads() -> None:
    assert share_returned(960, 1_000_000) == 9
    assert share_returned(2, 3) == 6_666
    assert share_returned(5, 0) == 0
