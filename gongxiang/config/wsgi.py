"""What the web server calls.

Opening a connection for each request would cost more than most pages: a web process keeps as many
as it has threads, and one or two to spare.
"""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongxiang.config.settings")
os.environ.setdefault("GONGXIANG_POOL_SIZE", "4")
application = get_wsgi_application()
