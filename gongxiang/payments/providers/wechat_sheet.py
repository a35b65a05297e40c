"""WeChat's own sheet, which opens inside WeChat alone: what it is opened with, signed by us.

    getBrandWCPayRequest    appId  timeStamp  nonceStr  package = prepay_id=...  signType  paySign

    paySign = RSA with SHA-256 over the first four, each with its line end

Units: moments in microseconds. Source: P1.
"""

import secrets
from urllib.parse import urlencode

from gongxiang.base.clock import SECOND
from gongxiang.payments import channels
from gongxiang.payments.channels import WECHAT_BASE
from gongxiang.payments.providers.wechat import PACKAGE, client_of
from gongxiang.payments.wire import Sheet


def is_sheet(hand_off: str) -> bool:
    """Tell whether a hand-off opens the sheet; else it is an address.

    >>> is_sheet("prepay_id=wx201410272009395522657a690389285100"), is_sheet("https://wx.tenpay.com")
    (True, False)
    """
    return hand_off.startswith(PACKAGE)


def sheet(*, hand_off: str, back: str, now: int) -> Sheet:
    """Give the sheet of a payment; `back` is where the sandbox's page leads afterwards."""
    channel = channels.wechat()
    words = _words(channel.appid, hand_off, now)
    if channel.base == WECHAT_BASE:
        return Sheet(words=words, href="")
    asked = urlencode({**words, "back": back})
    return Sheet(words=words, href=f"{channel.base}/phone/sheet?{asked}")


def _words(app: str, package: str, now: int) -> dict[str, str]:
    signed = {
        "appId": app,
        "timeStamp": str(now // SECOND),
        "nonceStr": secrets.token_hex(16),
        "package": package,
    }
    signature = client_of().sign(list(signed.values()))
    return {**signed, "signType": "RSA", "paySign": signature}
