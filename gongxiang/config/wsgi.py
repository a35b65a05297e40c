"""What the web server calls.

Opening a connection for each request would cost more than most pages: a web process keeps as many
as it has threads, and one or two to spare. A page makes some ten thousand small things and lets go
of all of them: looking for rings among them is done more seldom than Python would.
"""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongxiang.config.settings")
is_chosen = "GONGXIANG_POOL_SIZE" in os.environ
os.environ.setdefault("GONGXIANG_POOL_SIZE", "4")
application = get_wsgi_application()
if not is_chosen:
    # It is this process that keeps connections, not what it may start.
    del os.environ["GONGXIANG_POOL_SIZE"]
gc.freeze()
gc.set_threshold(20_000, 50, 100)
