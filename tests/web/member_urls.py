"""The public faces and those of points and cash, as the site's addresses."""

from django.urls import include, path

urlpatterns = [
    path("", include("gongxiang.web.public.urls")),
    path("", include("gongxiang.web.member.points.urls")),
    path("", include("gongxiang.web.member.wallet.urls")),
]
handler400 = "gongxiang.web.errors.bad_request"
handler403 = "gongxiang.web.errors.forbidden"
handler404 = "gongxiang.web.errors.not_found"
handler500 = "gongxiang.web.errors.broken"
