"""Sentences of refusals: one for a page and a program, with what it names."""

from gongxiang.acts.open_charge import ChargeOutOfRange
from gongxiang.acts.open_payment import ChannelClosed
from gongxiang.acts.open_refund_case import CaseExceedsOrder, TooLate
from gongxiang.base.money import FEN
from gongxiang.merchants.shut import Reason, StoreShut
from gongxiang.refusals import channel_closed, most_left, told


def test_a_store_that_is_shut_says_why_to_programs_too() -> None:
    said = [told(StoreShut(reason, "阿芳小馆", "")).sentence for reason in Reason]
    assert said == [
        "钱没有动。阿芳小馆今天休息，暂时收不了款，可以看看附近的店",
        "钱没有动。这家店已下架，可以看看附近的店",
        "钱没有动。阿芳小馆已经关店，可以看看附近的店",
    ]


def test_a_channel_is_named_where_it_is_known() -> None:
    sentence = "钱没有动。这家店还没开通{}，换一种支付方式再试"
    assert channel_closed(channel="支付宝") == sentence.format("支付宝")
    assert told(ChannelClosed()).sentence == sentence.format("这个支付渠道")


def test_what_is_left_of_an_order_is_said_with_its_amount_where_that_is_known() -> None:
    assert most_left(left=9_200 * FEN) == "这笔最多还能退 92.00 元"
    assert (
        most_left(left=9_200 * FEN, amount=12_800 * FEN)
        == "这笔最多还能退 92.00 元（共 128.00，已退 36.00）"
    )
    case = told(CaseExceedsOrder(9_200))
    assert (case.code, case.sentence) == ("refund_exceeds_order", "这笔最多还能退 92.00 元")
    assert told(TooLate(180)).sentence == "付款已经超过 180 天，不能再经客服退款"
    assert told(ChargeOutOfRange("0 fen")).sentence == "最少 0.01 元"
