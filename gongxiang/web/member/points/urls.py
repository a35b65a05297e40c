"""The addresses of points."""

from django.urls import path

from gongxiang.web.member.points import pages

app_name = "points"
urlpatterns = [
    path("points", pages.points, name="points"),
    path("points/sell", pages.sell, name="sell"),
    path("points/sales/<int:number>", pages.sale, name="sale"),
    path("points/lots/<int:number>", pages.lot, name="lot"),
]
