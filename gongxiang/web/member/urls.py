"""The addresses of the member's faces, one list a subject."""

from gongxiang.web.member import people_urls

app_name = "member"
urlpatterns = [
    *people_urls.urlpatterns,
]
