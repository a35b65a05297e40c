"""Addresses of coming in, of doors, of the account and of the team."""

from django.urls import URLPattern, path

from gongxiang.web.member import (
    by_wechat,
    doors,
    entry,
    joining,
    me,
    messages,
    numbers,
    team,
    tokens,
)

urlpatterns: list[URLPattern] = [
    path("login", entry.login, name="login"),
    path("login/code", entry.code, name="login_code"),
    path("login/number", numbers.number, name="login_number"),
    path("login/lost", numbers.lost, name="login_lost"),
    path("login/wechat", by_wechat.start, name="login_wechat"),
    path("login/wechat/back", by_wechat.back, name="login_wechat_back"),
    path("join", entry.join_here, name="join"),
    path("logout", entry.logout, name="logout"),
    path("s/<str:code>", doors.store_door, name="store_door"),
    path("s/<str:code>/join", doors.store_join, name="store_join"),
    path("i/<str:code>", doors.link_door, name="link_door"),
    path("i/<str:code>/join", doors.link_join, name="link_join"),
    path("agreement", me.agreement, name="agreement"),
    path("privacy", me.privacy, name="privacy"),
    path("me", me.account, name="me"),
    path("me/name", me.rename, name="me_name"),
    path("me/phone", me.phone_page, name="me_phone"),
    path("me/phone/code", me.phone_code, name="me_phone_code"),
    path("me/wechat", me.connect, name="me_wechat"),
    path("me/accounts", joining.join, name="me_accounts"),
    path("me/accounts/turn", joining.turn, name="me_turn"),
    path("me/export", me.export, name="me_export"),
    path("me/close", me.close, name="me_close"),
    path("me/sessions/end", me.end_all, name="me_sessions_end"),
    path("messages", messages.messages, name="messages"),
    path("messages/read", messages.read, name="messages_read"),
    path("me/tokens", tokens.tokens, name="me_tokens"),
    path("me/tokens/<int:number>/end", tokens.end, name="token_end"),
    path("team", team.team, name="team"),
    path("share", team.share, name="share"),
    path("share/poster.png", team.poster, name="poster"),
]
