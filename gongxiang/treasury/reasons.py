"""Why a transfer failed, in words that its payee can act on; the codes are the channels' own.

Units: none. Source: P4; design/ui/faces.md 4, 7 (d) 6.
"""

from typing import Final

EXPIRED: Final = frozenset({"OVERDUE_CLOSE"})
"""The payee did not confirm in time: no failure."""
TEMPORARY: Final = frozenset(
    {
        "NOT_ENOUGH",
        "NO_AUTH",
        "SIGN_ERROR",
        "APPID_MCHID_NOT_MATCH",
        "FREQUENCY_LIMIT_EXCEED",
        "PAYER_BALANCE_NOT_ENOUGH",
        "REQUEST_PROCESSING",
        "isv.insufficient-isv-permissions",
    }
)
"""What is wrong on our side: the transfer waits, an officer sees it as overdue."""
_NAME: Final = "收款人和微信的实名不一致"
_WORDS: Final = {
    "ACCOUNT_FROZEN": "收款账户被冻结",
    "ACCOUNT_NOT_EXIST": "收款账户不存在",
    "BUSINESS_FORBIDDEN": "这个账户不能收商家转账",
    "DAY_RECEIVED_COUNT_EXCEED": "今天收款的次数满了",
    "DAY_RECEIVED_QUOTA_EXCEED": "今天收款的额度满了",
    "ID_CARD_NOT_CORRECT": _NAME,
    "MONTH_RECEIVED_QUOTA_EXCEED": "这个月收款的额度满了",
    "NAME_NOT_CORRECT": _NAME,
    "OPENID_INVALID": "收款账号不对",
    "PAYEE_ACCOUNT_ABNORMAL": "收款账户异常",
    "PAYEE_DECLINED": "你在手机上选了不收",
    "PAYEE_NOT_EXIST": "收款账号不对",
    "PAYEE_USER_INFO_ERROR": "收款账号和姓名对不上",
    "REAL_NAME_CHECK_FAIL": _NAME,
    "TRANSFER_QUOTA_EXCEED": "超过渠道一笔的上限",
}


def words_of(code: str) -> str:
    """Say what a channel's code means.

    >>> words_of("REAL_NAME_CHECK_FAIL"), words_of("SOMETHING_NEW")
    ('收款人和微信的实名不一致', '渠道没有打成（SOMETHING_NEW）')
    """
    return _WORDS.get(code) or (f"渠道没有打成（{code}）" if code else "渠道没有打成")
