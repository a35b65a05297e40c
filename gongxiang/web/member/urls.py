"""The addresses of the member's faces, one list a subject."""

from gongxiang.web.member import pay_urls, people_urls

app_name = "member"
urlpatterns = [
    *people_urls.urlpatterns,
    *pay_urls.urlpatterns,
]
