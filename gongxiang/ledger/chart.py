"""The chart of the ledger: legs as numbers, and the names people read.

A leg is what for and on which account: `purpose · 1000 + account`, so that one event can touch a
party in several ways and the unit of a row can be told from the row alone.

Units: account 1xx micro-yuan, 2xx atoms, 3xx vouchers (economy/accounts.py).
Source: I-1, I-4.
"""

from typing import Final

from gongxiang.economy import accounts

PURPOSES: Final = {
    "settled": 1,
    "direct": 2,
    "indirect": 3,
    "recruiter": 4,
    "district": 5,
    "city": 6,
    "province": 7,
    "grand_region": 8,
    "sold": 9,
    "exited": 10,
    "case": 11,
    "injected": 12,
    "withdrawn": 13,
    "paid": 14,
    "returned": 15,
    "genesis": 16,
    "withdrawal_returned": 17,
    "store_received": 18,
    "store_paid_in": 19,
}
"""What a posting is for."""

PURPOSE_NAMES: Final = {
    "settled": "订单结算",
    "direct": "直推",
    "indirect": "间推",
    "recruiter": "招商",
    "district": "区代",
    "city": "市代",
    "province": "省代",
    "grand_region": "大区",
    "sold": "卖出积分",
    "exited": "到线结清",
    "case": "结算后退款",
    "injected": "注资",
    "withdrawn": "提现",
    "paid": "付款",
    "returned": "结算前退款",
    "genesis": "起盘",
    "withdrawal_returned": "提现退回",
    "store_received": "货款到账",
    "store_paid_in": "门店补款",
}

ACCOUNT_NAMES: Final = {
    accounts.CHANNEL: "支付渠道",
    accounts.CAPITAL: "注入资本",
    accounts.ESCROW: "待结算",
    accounts.POOL: "盈利池",
    accounts.PLATFORM: "平台",
    accounts.UNSPENT: "未发分销",
    accounts.STORE: "应付门店",
    accounts.CASH: "零钱",
    accounts.POINTS_ISSUED: "已发积分",
    accounts.GENESIS: "起盘积分",
    accounts.POINTS: "积分",
    accounts.VOUCHERS_ISSUED: "已发抵扣积分",
    accounts.VOUCHERS: "抵扣积分",
}

LEGS: Final = {
    (purpose, account): number * 1000 + account
    for purpose, number in PURPOSES.items()
    for account in ACCOUNT_NAMES
}
"""The number of each leg."""

_PURPOSE_OF: Final = {number: purpose for purpose, number in PURPOSES.items()}


def account_of(leg: int) -> int:
    """Give the account of a leg.

    >>> account_of(LEGS["direct", accounts.CASH])
    108
    """
    return leg % 1000


def purpose_of(leg: int) -> str:
    """Give what a leg is for.

    >>> purpose_of(LEGS["direct", accounts.CASH])
    'direct'
    """
    return _PURPOSE_OF[leg // 1000]


def leg_name(leg: int) -> str:
    """Give a leg's name as staff read it.

    >>> leg_name(LEGS["settled", accounts.STORE])
    '订单结算 · 应付门店'
    """
    return f"{PURPOSE_NAMES[purpose_of(leg)]} · {ACCOUNT_NAMES[account_of(leg)]}"
