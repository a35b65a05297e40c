"""The channels that money comes through.

Units: none. Source: P1.
"""

from enum import Enum


class Provider(Enum):
    """A payment channel; the value is what the database and addresses say."""

    WECHAT = "wechat"
    ALIPAY = "alipay"

    @property
    def title(self) -> str:
        """Give the name that pages say."""
        return {"wechat": "微信支付", "alipay": "支付宝"}[self.value]
