"""What each item of an application is called, and what is said when it does not fit.

Units: none. Source: design/ui/faces.md 4; E6, R4.
"""

from typing import Final

from gongxiang.base import text
from gongxiang.economy.terms import Terms
from gongxiang.merchants.applications import Trouble

CALLED: Final = {
    "name": "店名",
    "category": "主营类目",
    "phone": "店里电话",
    "division": "所在区县",
    "address": "详细地址",
    "rate": "平台抽成",
    "uscc": "统一社会信用代码",
    "licence": "营业执照照片",
    "storefront": "门头照片",
    "recruiter": "介绍人",
}
STEP_OF: Final = {
    "name": "shop",
    "category": "shop",
    "phone": "shop",
    "division": "place",
    "address": "place",
    "rate": "rate",
    "uscc": "papers",
    "licence": "papers",
    "storefront": "papers",
    "recruiter": "send",
}
_MISSING: Final = {
    "category": "选一个主营类目",
    "division": "选店所在的区县",
    "licence": "放一张营业执照的照片",
    "storefront": "放一张门头的照片",
}
_UNFIT: Final = {
    "name": "店名至少 2 个字，不带特殊符号",
    "category": "从列出的类目里选一个",
    "phone": "电话写成数字，例如 13800138000 或 020-88886666",
    "division": "选到区县；东莞、中山、儋州、嘉峪关选到市",
    "address": "地址里有不能打印的符号",
    "rate": "抽成写成百分数，最多两位小数，例如 20 或 12.5",
    "uscc": "这不是一个统一社会信用代码：18 位，最后一位是校验码，对着执照再看一遍",
}
_TOO_LONG: Final = {"name": "店名最多 30 个字", "address": "地址最多 80 个字"}
TOO_LARGE: Final = "没有收下：这张照片超过 8 MB。换一张小一点的，或用手机再拍一次"
NOT_A_PICTURE: Final = "没有收下：这不是一张完整的 JPG、PNG 或 WebP 照片。用手机拍一张再传"
TOO_MANY_PIXELS: Final = "没有收下：这张照片超过 5,000 万像素。用手机拍一张普通照片再传"
NO_CONSENT: Final = "看过并同意《门店入驻说明》，才能提交"
NO_PICTURE: Final = "还没有选照片"


def of(item: str, trouble: Trouble, *, terms: Terms) -> str:
    """Say what is wrong with an item, and what to do."""
    if trouble is Trouble.MISSING:
        return _MISSING.get(item, f"填上{CALLED[item]}")
    if trouble is Trouble.TOO_LONG:
        return _TOO_LONG[item]
    if trouble is Trouble.OUT_OF_BAND:
        least, most = max(terms.commission_min, terms.fees_rate), terms.commission_max
        band = f"{text.rate(per_myriad=least)} 到 {text.rate(per_myriad=most)}"
        return f"抽成在 {band} 之间，开店以后可以再申请改"
    if trouble is Trouble.OWN_CODE:
        return "介绍人不能是你自己。没有人介绍就留空"
    if trouble is Trouble.UNKNOWN_CODE:
        return "没有这个分享码，可能抄错了。没有人介绍就留空"
    return _UNFIT[item]
