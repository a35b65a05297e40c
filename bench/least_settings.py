"""The product's settings with nothing around a view but the session: what Django needs at least."""

from gongxiang.config import settings as product

globals().update({name: getattr(product, name) for name in dir(product) if name.isupper()})
INSTALLED_APPS = [*product.INSTALLED_APPS, "django.contrib.sessions"]
ROOT_URLCONF = "bench.least"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
