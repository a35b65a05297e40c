"""The sheet and the mark are served by the product itself, under the same policy."""

import pytest
from django.test import Client, override_settings


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/static/shared/app.css", "text/css"), ("/static/shared/mark.svg", "image/svg+xml")],
)
@override_settings(SECURE_SSL_REDIRECT=False, ALLOWED_HOSTS=["testserver"])
def test_the_sheet_and_the_mark_are_served(path: str, kind: str) -> None:
    answer = Client().get(path)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith(kind)
    assert b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
