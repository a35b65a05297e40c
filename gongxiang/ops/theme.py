"""The shell's settings: names, colours of the brand, our sheet; nothing from elsewhere.

Units: none.
Source: design/ui/prototype/app.css (tokens); design/stack.md (django-unfold).
"""

from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest
from django.templatetags.static import static


def sheet(_request: HttpRequest) -> str:
    """Give the address of the console's sheet."""
    return static("ops/console.css")


def mark(_request: HttpRequest) -> str:
    """Give the address of the mark."""
    return static("shared/mark.svg")


def pages(_request: HttpRequest) -> str:
    """Give where the public pages are: another host's, where the console has its own."""
    return f"{settings.PUBLIC_ADDRESS}/" if settings.CONSOLE_HOST else "/"


UNFOLD: Final[dict[str, Any]] = {
    "SITE_TITLE": "共享会员运营",
    "SITE_HEADER": "共享会员",
    "SITE_URL": pages,
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": mark}],
    "SHOW_HISTORY": False,
    "SHOW_VIEW_ON_SITE": False,
    "BORDER_RADIUS": "10px",
    "STYLES": [sheet],
    "COLORS": {
        "base": {
            "50": "#f4f5f1",
            "100": "#eff1ec",
            "200": "#e4e7e0",
            "300": "#cfd4cd",
            "400": "#94a09b",
            "500": "#5d6965",
            "600": "#4c5955",
            "700": "#333f3b",
            "800": "#202926",
            "900": "#161d1b",
            "950": "#0d1211",
        },
        "primary": {
            "50": "#f0f8f5",
            "100": "#e2f0eb",
            "200": "#bfe0d5",
            "300": "#7ad6c0",
            "400": "#4cc3a7",
            "500": "#4cc3a7",
            "600": "#0b6b5d",
            "700": "#0a5449",
            "800": "#083f38",
            "900": "#15302a",
            "950": "#04211b",
        },
        "font": {
            "subtle-light": "#5d6965",
            "subtle-dark": "#94a09b",
            "default-light": "#4c5955",
            "default-dark": "#b0bbb6",
            "important-light": "#14201d",
            "important-dark": "#e9eeeb",
        },
    },
}
