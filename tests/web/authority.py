"""WeChat's sign-in, played on this machine, as the settings of a test find it.

Source: platform.md P1; design/stack.md (WeChat login).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from pytest_django.fixtures import Settings

from gongxiang.sandbox.oauth import Authority


@contextmanager
def served(settings: Settings, *, app: str) -> Iterator[Authority]:
    """Serve one app's sign-in, and name it in the settings."""
    with Authority(("127.0.0.1", 0), app=app, secret="s3") as authority:
        thread = threading.Thread(target=authority.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        address = f"http://127.0.0.1:{authority.server_port}"
        settings.WECHAT_APP, settings.WECHAT_SECRET = app, "s3"
        settings.WECHAT_AUTHORIZE = f"{address}/connect/oauth2/authorize"
        settings.WECHAT_API = address
        settings.ALLOWED_HOSTS = ["testserver"]
        yield authority
        authority.shutdown()
        thread.join()
