"""Settings refuse what is unsafe or cannot be read, by name."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from gongxiang.config import environment
from gongxiang.sandbox.keys import keys_in

ROOT = Path(__file__).resolve().parents[2]
LONG_KEY = "k" * 50


def load(show: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process of their own and print one of them."""
    code = f"from gongxiang.config import settings; print(settings.{show})"
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GONGXIANG_")}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**kept, "PYTHONPATH": str(ROOT), "GONGXIANG_HOME": str(home), **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"GONGXIANG_ENV": "staging"}, "must be one of development, production"),
        ({"GONGXIANG_ENV": "production"}, "GONGXIANG_SECRET_KEY must be set"),
        ({"GONGXIANG_ENV": "production", "GONGXIANG_SECRET_KEY": "short"}, "must be random"),
        (
            {"GONGXIANG_ENV": "production", "GONGXIANG_SECRET_KEY": "django-insecure" + LONG_KEY},
            "must be random",
        ),
        (
            {
                "GONGXIANG_ENV": "production",
                "GONGXIANG_SECRET_KEY": LONG_KEY,
                "GONGXIANG_DEBUG": "1",
            },
            "refused in production",
        ),
        ({"GONGXIANG_DEBUG": "yes"}, "must be one of 0, 1"),
        ({"GONGXIANG_POOL_SIZE": "-1"}, "must be a whole number"),
        ({"GONGXIANG_MAINTENANCE": "24:00"}, "must be an hour of the day, as 03:30"),
        ({"DATABASE_URL": "mysql://ann@db/town"}, "must look like postgresql://"),
        ({"DATABASE_URL": "postgresql://ann@db:port/town"}, "cannot be read"),
    ],
)
def test_unsafe_or_unreadable_settings_are_refused(
    tmp_path: Path, variables: dict[str, str], sentence: str
) -> None:
    done = load("DEBUG", tmp_path, **variables)
    assert done.returncode == 1
    assert sentence in done.stderr.splitlines()[-1]


def test_production_with_its_own_key_starts_without_debug(tmp_path: Path) -> None:
    secret = {"GONGXIANG_ENV": "production", "GONGXIANG_SECRET_KEY": LONG_KEY}
    assert load("DEBUG", tmp_path, **secret).stdout == "False\n"
    assert load("ALLOWED_HOSTS", tmp_path, **secret).stdout == "[]\n"
    assert not (tmp_path / "secret_key").exists()


def test_production_speaks_over_tls_alone_and_believes_its_proxies_alone(tmp_path: Path) -> None:
    secret = {"GONGXIANG_ENV": "production", "GONGXIANG_SECRET_KEY": LONG_KEY}
    shown = (
        "SECURE_PROXY_SSL_HEADER, settings.SECURE_SSL_REDIRECT, settings.SECURE_HSTS_SECONDS,"
        " settings.SECURE_HSTS_INCLUDE_SUBDOMAINS, settings.SESSION_COOKIE_NAME,"
        " settings.CSRF_COOKIE_NAME, settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE"
    )
    rest = "True 31536000 True __Host-session __Host-csrf True True\n"
    assert load(shown, tmp_path, **secret).stdout == f"None {rest}"
    behind = load(shown, tmp_path, **secret, GONGXIANG_PROXIES="1").stdout
    assert behind == f"('HTTP_X_FORWARDED_PROTO', 'https') {rest}"


def test_older_keys_count_while_the_settings_name_them(tmp_path: Path) -> None:
    shown = "SECRET_KEY_FALLBACKS, settings.IDENTITY_KEY_FALLBACKS, settings.COOKIE_PREFIX"
    assert load(shown, tmp_path).stdout == "[] [] \n"
    older = {"GONGXIANG_SECRET_KEY_FALLBACKS": "one, two"}
    assert load(shown, tmp_path, **older).stdout == "['one', 'two'] ['one', 'two'] \n"
    production = {"GONGXIANG_ENV": "production", "GONGXIANG_SECRET_KEY": LONG_KEY}
    weak = load(shown, tmp_path, **production, **older).stderr.splitlines()[-1]
    assert weak.endswith("each key in the FALLBACKS must be random and have 50 characters or more")
    kept = load(shown, tmp_path, **production, GONGXIANG_SECRET_KEY_FALLBACKS=LONG_KEY[::-1])
    assert kept.stdout == f"{[LONG_KEY[::-1]]} [] __Host-\n"


def test_development_makes_its_key_once_and_keeps_it_secret(tmp_path: Path) -> None:
    first = load("SECRET_KEY", tmp_path).stdout
    assert load("SECRET_KEY", tmp_path).stdout == first
    assert len(first) > 50
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret_key"]


def test_the_owner_has_a_connection_of_its_own_only_where_there_is_one(tmp_path: Path) -> None:
    app, owner = "postgresql://ann@db/town", "postgresql://olga@db/town"
    assert load("DATABASES.keys()", tmp_path, DATABASE_URL=app).stdout == "dict_keys(['default'])\n"
    both = load("DATABASES['owner']['USER']", tmp_path, DATABASE_URL=app, DATABASE_OWNER_URL=owner)
    assert both.stdout == "olga\n"


def test_an_address_is_read_with_all_its_parts() -> None:
    assert environment.database("postgres://an%40n:s%2Fx@[::1]:5433/to%20wn?sslmode=require") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "to wn",
        "USER": "an@n",
        "PASSWORD": "s/x",
        "HOST": "::1",
        "PORT": "5433",
        "OPTIONS": {"connect_timeout": 10, "sslmode": "require"},
    }


def test_an_address_without_a_database_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL must look like"):
        environment.database("postgresql://ann@db/")


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", " a.example, b.example ,")
    assert environment.words("X") == ["a.example", "b.example"]
    monkeypatch.setenv("X", "")
    assert environment.words("X", default=("c",)) == ["c"]


def test_production_refuses_the_payment_sandbox(tmp_path: Path) -> None:
    folder = tmp_path / "channels"
    keys_in(folder, base="http://127.0.0.1:9")
    production = {
        "GONGXIANG_ENV": "production",
        "GONGXIANG_SECRET_KEY": LONG_KEY,
        "GONGXIANG_CHANNELS": str(folder),
        "GONGXIANG_ADDRESS": "https://pay.example",
    }
    assert "is a sandbox: production refuses it" in load("DEBUG", tmp_path, **production).stderr
    (folder / "sandbox.json").unlink()
    assert "is a sandbox: production refuses it" in load("DEBUG", tmp_path, **production).stderr
    for path in folder.iterdir():
        path.write_text(json.dumps({"mchid": "1"}))
    assert load("CHANNELS_FOLDER", tmp_path, **production).stdout.strip() == str(folder)
    assert (
        "must be https"
        in load(
            "DEBUG", tmp_path, **{**production, "GONGXIANG_ADDRESS": "http://pay.example"}
        ).stderr
    )


def test_production_without_channels_takes_no_payments(tmp_path: Path) -> None:
    production = {"GONGXIANG_ENV": "production", "GONGXIANG_SECRET_KEY": LONG_KEY}
    assert load("CHANNELS_FOLDER", tmp_path, **production).stdout == "\n"


def test_production_refuses_a_sandbox_that_only_signs_people_in(tmp_path: Path) -> None:
    folder = tmp_path / "channels"
    folder.mkdir()
    page = "http://127.0.0.1:9/oauth2/publicAppAuthorize.htm"
    (folder / "alipay.json").write_text(json.dumps({"app_id": "2021", "authorize": page}))
    production = {
        "GONGXIANG_ENV": "production",
        "GONGXIANG_SECRET_KEY": LONG_KEY,
        "GONGXIANG_CHANNELS": str(folder),
    }
    assert "is a sandbox: production refuses it" in load("DEBUG", tmp_path, **production).stderr


def test_an_app_that_signs_in_and_is_not_the_payments_own_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "channels"
    keys_in(folder, base="http://127.0.0.1:9")
    app = json.loads((folder / "wechat.json").read_text(encoding="utf-8"))["appid"]
    both = {"GONGXIANG_CHANNELS": str(folder), "GONGXIANG_WECHAT_APP": "wxother"}
    refused = load("WECHAT_APP", tmp_path, **both)
    assert refused.returncode == 1
    assert f"is wxother, and payments are taken under {app}" in refused.stderr
    agreed = load("WECHAT_APP", tmp_path, **{**both, "GONGXIANG_WECHAT_APP": app})
    assert agreed.stdout == f"{app}\n"
    (folder / "wechat.json").unlink()
    assert load("WECHAT_APP", tmp_path, **both).stdout == "wxother\n"
