"""Which address belongs to which face."""

from django.urls import include, path

from gongxiang.api import site as api
from gongxiang.ops.site import console

urlpatterns = [
    path(api.PREFIX, api.urls()),
    path("ops/", console.urls),
    path("", include("gongxiang.web.public.urls")),
    path("", include("gongxiang.web.member.points.urls")),
    path("", include("gongxiang.web.member.wallet.urls")),
    path("", include("gongxiang.web.member.urls")),
    path("", include("gongxiang.web.merchant.urls")),
]
handler400 = "gongxiang.config.handlers.bad_request"
handler403 = "gongxiang.web.errors.forbidden"
handler404 = "gongxiang.web.errors.not_found"
handler500 = "gongxiang.web.errors.broken"
