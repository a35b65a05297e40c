"""The payer's phone: a page that lists what waits to be paid, and lets a person pay or not.

    GET  /                               all payments, newest first, and the tricks
    GET  /phone/{channel}/{number}       one payment: 付款 / 取消
    POST /phone/{channel}/{number}       act=pay | act=cancel
    GET  /phone/sheet?appId=&…&back=     WeChat's own sheet: checked, then the payment's page
    /phone/transfer/…                    transfer_phone.py
    POST /tricks                         what the sandbox shall do wrong

Units: fen. Source: P1; design/ui/faces.md 7 (a) 6.
"""

import html
import re
from typing import Final
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from gongxiang.sandbox import transfer_phone, wechat
from gongxiang.sandbox.keys import Keys
from gongxiang.sandbox.trades import TRICKS, Trade, Trades
from gongxiang.sandbox.wire import Answer, Request

_ONE: Final = re.compile(r"/phone/(wechat|alipay)/([\w*|-]{6,32})")
_TITLES: Final = {"wechat": "微信支付", "alipay": "支付宝"}
_STATES: Final = {"open": "等你付款", "paid": "已付款", "closed": "已关闭"}
_SHOWN: Final = 30
_INSIDE: Final = "MicroMessenger"
_STYLE: Final = """
:root{color-scheme:light dark}
body{font:17px/1.6 system-ui,sans-serif;max-width:30rem;margin:0 auto;padding:24px 20px;
  background:Canvas;color:CanvasText}
h1{font-size:1.2rem}h2{font-size:1.05rem;margin-top:2rem}
.big{font-size:2.6rem;font-weight:600;margin:.2em 0}
button,.go{display:block;width:100%;min-height:50px;border-radius:14px;border:1px solid GrayText;
  font:inherit;margin-top:12px;background:Canvas;color:CanvasText;text-align:center;
  line-height:50px;text-decoration:none;padding:0;box-sizing:border-box}
button.pay{background:#0b6b5c;color:#fff;border:0;font-weight:600}
ul{list-style:none;padding:0}li{border-top:1px solid GrayText;padding:10px 0}
label{display:flex;justify-content:space-between;gap:12px;margin:8px 0}
input{width:5rem;font:inherit;min-height:44px}
small{color:GrayText;display:block}
"""


def answer(request: Request, keys: Keys, trades: Trades) -> Answer:
    """Answer the payer."""
    path = urlsplit(request.path).path
    if (request.method, path) == ("POST", "/tricks"):
        return _learn(request, trades)
    if (request.method, path) == ("GET", "/"):
        return _page("沙箱手机", _all(trades))
    if (request.method, path) == ("GET", "/phone/sheet"):
        return _sheet(request, keys, trades)
    if path.startswith(transfer_phone.PLACE):
        head, main, status = transfer_phone.answer(request, path, trades.transfers)
        return head or _page("沙箱手机", main, status=status)
    match = _ONE.fullmatch(path)
    trade = trades.find(match[1], match[2]) if match else None
    return _payment(request, trade, trades)


def _payment(request: Request, trade: Trade | None, trades: Trades) -> Answer:
    """Show one payment, or let the payer act."""
    if trade is None:
        return _page("沙箱手机", "<h1>没有这笔付款</h1>", status=404)
    if _is_refused(request, trade):
        return _page("沙箱手机", "<h1>请在微信外打开订单，进行支付</h1>", status=403)
    if request.method == "POST":
        return _act(request, trade, trades)
    return _page("沙箱手机", _one(request, trade))


def _sheet(request: Request, keys: Keys, trades: Trades) -> Answer:
    """Open the sheet as WeChat does: only for words that the merchant signed."""
    words = dict(parse_qsl(urlsplit(request.path).query))
    trade = wechat.shown(words, keys, trades)
    if trade is None:
        return _page("沙箱手机", "<h1>支付验证签名失败</h1>", status=403)
    back = urlencode({"redirect_url": words.get("back", "")})
    place = f"/phone/{trade.channel}/{trade.number}?{back}"
    return Answer(status=303, headers={"Location": place})


def _is_refused(request: Request, trade: Trade) -> bool:
    """Tell whether WeChat's own browser is asked for a page that it does not open."""
    return trade.kind == "MWEB" and _INSIDE in request.headers.get("user-agent", "")


def _act(request: Request, trade: Trade, trades: Trades) -> Answer:
    asked = dict(parse_qsl(request.body.decode("utf-8", "replace")))
    if asked.get("act") == "pay":
        trades.pay(trade)
    back = _return_url(request, trade) or f"/phone/{trade.channel}/{trade.number}"
    return Answer(status=303, headers={"Location": back})


def _learn(request: Request, trades: Trades) -> Answer:
    for name, value in parse_qsl(request.body.decode("utf-8", "replace")):
        if name in TRICKS and value.isascii() and value.isdigit() and len(value) <= 3:  # noqa: PLR2004
            trades.tricks[name] = int(value)
    return Answer(status=303, headers={"Location": "/"})


def _return_url(request: Request, trade: Trade) -> str:
    """Give where the payer goes back to: what the merchant's link said, as WeChat does it."""
    asked = parse_qs(urlsplit(request.path).query).get("redirect_url", [""])[0]
    back = asked or trade.return_url
    return back if urlsplit(back).scheme in {"http", "https"} else ""


def _all(trades: Trades) -> str:
    rows = "".join(
        f'<li><a href="/phone/{trade.channel}/{html.escape(trade.number)}">'
        f"{html.escape(trade.description)} ¥{_yuan(trade.amount_fen)}</a>"
        f"<small>{_TITLES[trade.channel]} · {_STATES[trade.state]} · {html.escape(trade.number)}"
        f"{' · 已退 ¥' + _yuan(trade.refunded_fen) if trade.refunds else ''}</small></li>"
        for trade in trades.newest(_SHOWN)
    )
    tricks = "".join(
        f'<label>{words}<input name="{name}" inputmode="numeric" value="{trades.tricks[name]}">'
        "</label>"
        for name, words in TRICKS.items()
    )
    return (
        f"<h1>沙箱手机</h1><p>这里不动真钱。</p><ul>{rows or '<li>还没有付款</li>'}</ul>"
        f"{transfer_phone.listed(trades.transfers)}"
        f'<h2>让它出点错</h2><form method="post" action="/tricks">{tricks}'
        "<button>就这样</button></form>"
    )


def _one(request: Request, trade: Trade) -> str:
    head = (
        f"<h1>{_TITLES[trade.channel]}（沙箱）</h1><p>{html.escape(trade.description)}</p>"
        f'<p class="big">¥{_yuan(trade.amount_fen)}</p><p>{_STATES[trade.state]}'
        f"<small>{html.escape(trade.number)}</small></p>"
    )
    if trade.state != "open":
        back = _return_url(request, trade)
        return head + (f'<a class="go" href="{html.escape(back)}">返回商家</a>' if back else "")
    action = html.escape(request.path)
    return (
        f'{head}<form method="post" action="{action}"><button class="pay" name="act" value="pay">'
        '付款</button><button name="act" value="cancel">取消</button></form>'
    )


def _page(title: str, main: str, *, status: int = 200) -> Answer:
    page = (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body><main>{main}</main></body></html>"
    )
    headers = {"Content-Type": "text/html; charset=utf-8"}
    return Answer(status=status, body=page.encode(), headers=headers)


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02}"
