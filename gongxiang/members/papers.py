"""The papers a member agrees to, by purpose, and the version in force.

Units: none. Source: H5; design/ui/faces.md 6.1.
"""

from typing import Final

VERSION: Final = "2026-11-28"
MEMBERSHIP: Final = "membership"
PERSONAL_DATA: Final = "personal_data"
RECOMMENDATION: Final = "recommendation"
STORE_APPLICATION: Final = "store_application"
STORE_STAFF: Final = "store_staff"
STORE_OWNER: Final = "store_owner"
PAYEE: Final = "payee"
IDENTITY: Final = "identity"
GIVEN_UP: Final = "given_up"
"""What somebody gave up who closed his account; in place of a paper's version stands the sum."""
PURPOSES: Final = {
    MEMBERSHIP: "会员协议",
    PERSONAL_DATA: "个人信息说明",
    RECOMMENDATION: "记录推荐人",
    IDENTITY: "核对实名，用于打款",
    PAYEE: "保存收款账号，用于打款",
    STORE_APPLICATION: "门店入驻说明",
    STORE_STAFF: "到店里收款",
    STORE_OWNER: "接手门店",
    GIVEN_UP: "注销时放弃的微元",
}
"""What each purpose is called on pages."""


def consents(*purposes: str) -> tuple[tuple[str, str], ...]:
    """Give the consents of today's papers for some purposes."""
    return tuple((purpose, VERSION) for purpose in purposes)
