"""What is answered before any view is reached: a problem under the API, a page everywhere else.

Units: none. Source: RFC 9457; design/ui/faces.md 4.
"""

from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from gongxiang.api.frame import headed
from gongxiang.api.problems import problem
from gongxiang.web import errors

_API: Final = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Say that the request cannot be read: its host is none of ours, or its form is broken."""
    if request.path_info.startswith(_API):
        return headed(request, problem(request, "unreadable"))
    return errors.bad_request(request, exception)
