"""The payee's phone: cash that waits for him, which he takes or does not.

    GET  /phone/transfer/{number}     one transfer: 确认收款 / 不收
    POST /phone/transfer/{number}     act=confirm | act=decline, then back to ?back=

Units: fen. Source: P4; design/ui/faces.md 7 (d) 5.
"""

import html
from typing import Final
from urllib.parse import parse_qs, parse_qsl, urlsplit

from gongxiang.sandbox.transfers import Transfer, Transfers
from gongxiang.sandbox.wire import Answer, Request

PLACE: Final = "/phone/transfer/"
_STATES: Final = {
    "confirm": "等你确认收款",
    "done": "已到账",
    "failed": "已关闭，钱退回商家",
    "cancelled": "商家已撤回",
}
_SHOWN: Final = 10
Face = tuple[Answer | None, str, int]


def answer(request: Request, path: str, transfers: Transfers) -> Face:
    """Give a redirect, or what stands on the page and its status."""
    transfer = transfers.find("wechat", path.removeprefix(PLACE))
    if transfer is None:
        return None, "<h1>没有这笔转账</h1>", 404
    back = parse_qs(urlsplit(request.path).query).get("back", [""])[0]
    if request.method == "POST":
        asked = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        act = {"confirm": transfers.confirm, "decline": transfers.decline}.get(asked.get("act", ""))
        if act is not None:
            act(transfer)
        is_web = urlsplit(back).scheme in {"http", "https"}
        return Answer(status=303, headers={"Location": back if is_web else path}), "", 303
    return None, _one(request, transfer), 200


def listed(transfers: Transfers) -> str:
    """List the newest transfers for the phone's first page."""
    rows = "".join(
        f'<li><a href="{PLACE}{html.escape(each.number)}">收 ¥{_yuan(each.amount_fen)}</a>'
        f"<small>{_STATES[each.state]} · {html.escape(each.number)}</small></li>"
        for each in transfers.newest(_SHOWN)
    )
    return f"<h2>商家转账</h2><ul>{rows}</ul>" if rows else ""


def _one(request: Request, transfer: Transfer) -> str:
    head = (
        f"<h1>微信支付（沙箱）</h1><p>商家转账给 {html.escape(transfer.name or '你')}</p>"
        f'<p class="big">¥{_yuan(transfer.amount_fen)}</p><p>{_STATES[transfer.state]}'
        f"<small>{html.escape(transfer.number)}</small></p>"
    )
    if transfer.state != "confirm":
        return head
    action = html.escape(request.path)
    return (
        f'{head}<form method="post" action="{action}"><button class="pay" name="act" '
        'value="confirm">确认收款</button><button name="act" value="decline">不收</button></form>'
    )


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02}"
