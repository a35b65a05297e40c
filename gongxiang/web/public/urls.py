"""The addresses of the public faces."""

from django.urls import path

from gongxiang.web.public import finder, health, pages
from gongxiang.web.shared.care import care

app_name = "public"
urlpatterns = [
    path("", pages.front, name="front"),
    path("stores", finder.stores, name="stores"),
    path("stores/near", finder.near, name="near"),
    path("stores/<str:code>", finder.store, name="store"),
    path("pool", pages.pool, name="pool"),
    path("pool/events", pages.events, name="events"),
    path("pool/events/<int:number>", pages.event, name="event"),
    path("pool/feed", pages.feed, name="feed"),
    path("pool/feed.jsonl", pages.feed_lines, name="feed_lines"),
    path("pool/verify", pages.verify, name="verify"),
    path("rules", pages.rules, name="rules"),
    path("rules/<int:number>", pages.rules_version, name="rules_version"),
    path("care", care, name="care"),
    path("healthz", health.healthz, name="healthz"),
]
