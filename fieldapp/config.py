"""Settings, read once from the environment. Refuses to start on a missing or weak one (api.md, Running)."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

ENVIRONMENTS = ("demo", "production", "testing")
SECRET_BYTES = 32
LONGEST_URL = 500
LONGEST_MARK = 120  # characters of each word of a mark of secrecy


class WeakSetting(RuntimeError):
    """A setting is missing, unreadable or too weak; the message names it."""


@dataclass(frozen=True)
class SecrecyMark:
    """What a mark of secrecy must say: by which provision, of which day, by which authority."""

    provision: str
    on: date
    authority: str


@dataclass(frozen=True)
class Settings:
    """Everything that may differ between two installations."""

    env: str
    data_dir: Path
    database_url: str
    secret_key: str
    school_radius_m: int = 500
    school_forms: tuple[str, ...] = ("GR",)
    suppress_below: int = 5
    new_place_eps_m: int = 75
    metrics_token: str | None = None
    trusted_hosts: tuple[str, ...] = ()
    incident_report_url: str | None = None
    old_secret_keys: tuple[str, ...] = ()
    secrecy_mark: SecrecyMark | None = None
    basemap: Path | None = None

    @property
    def lasting_key(self) -> str:
        """The first secret key of the installation: what must be recognised for good is keyed with it (PU3, CL11)."""
        return (self.secret_key, *self.old_secret_keys)[-1]

    @property
    def is_demo(self) -> bool:
        """Demo: invented data, loopback only, cookies without Secure."""
        return self.env == "demo"

    @property
    def secure_cookies(self) -> bool:
        """Cookies are `__Host-` and Secure everywhere but in the demo and in tests."""
        return self.env == "production"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read and judge the settings. Raises `WeakSetting` naming the variable."""
        env = environ.get("FIELDAPP_ENV", "production")
        if env not in ENVIRONMENTS:
            raise WeakSetting(f"FIELDAPP_ENV must be one of {', '.join(ENVIRONMENTS)}, not {env!r}")
        data_dir = Path(environ.get("FIELDAPP_DATA_DIR", "./var")).resolve()
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WeakSetting(f"FIELDAPP_DATA_DIR {data_dir} can't be made: {error.strerror}") from error
        if env == "demo":
            hosts: tuple[str, ...] = ("localhost", "127.0.0.1", "[::1]")
        else:
            hosts = tuple(host for host in environ.get("FIELDAPP_TRUSTED_HOSTS", "").split(",") if host)
        return cls(
            env=env,
            data_dir=data_dir,
            database_url=_database_url(environ.get("FIELDAPP_DATABASE_URL"), data_dir),
            secret_key=_secret_key(environ, env, data_dir),
            school_radius_m=_whole(environ, "FIELDAPP_SCHOOL_RADIUS_M", 500, low=1, high=10_000),
            school_forms=_school_forms(environ.get("FIELDAPP_SCHOOL_FORMS", "GR")),
            suppress_below=_whole(environ, "FIELDAPP_SUPPRESS_BELOW", 5, low=2, high=100),
            new_place_eps_m=_whole(environ, "FIELDAPP_NEW_PLACE_EPS_M", 75, low=1, high=1000),
            metrics_token=environ.get("FIELDAPP_METRICS_TOKEN") or None,
            trusted_hosts=hosts,
            incident_report_url=_report_url(environ.get("FIELDAPP_INCIDENT_REPORT_URL")),
            old_secret_keys=_old_secret_keys(environ),
            secrecy_mark=_secrecy_mark(environ),
            basemap=_basemap(environ.get("FIELDAPP_BASEMAP")),
        )


def _database_url(given: str | None, data_dir: Path) -> str:
    if not given:
        return f"sqlite:///{data_dir / 'faltlogg.db'}"
    for prefix in ("postgres://", "postgresql://"):
        if given.startswith(prefix):
            return "postgresql+psycopg://" + given.removeprefix(prefix)
    if given.startswith(("sqlite:///", "postgresql+psycopg://")):
        return given
    raise WeakSetting("FIELDAPP_DATABASE_URL must be an SQLite or PostgreSQL URL")


def _secret_key(environ: Mapping[str, str], env: str, data_dir: Path) -> str:
    given = _given_or_in_a_file(environ, "FIELDAPP_SECRET_KEY")
    if not given and env == "production":
        raise WeakSetting("FIELDAPP_SECRET_KEY is missing: at least 32 random bytes")
    if not given:
        given = kept_secret(data_dir / "secret_key")
    if _is_weak(given):
        raise WeakSetting("FIELDAPP_SECRET_KEY is too weak: at least 32 random bytes")
    return given


def _old_secret_keys(environ: Mapping[str, str]) -> tuple[str, ...]:
    """Return the keys of before, one a line, the first one of the installation last."""
    given = _given_or_in_a_file(environ, "FIELDAPP_OLD_SECRET_KEYS") or ""
    keys = tuple(line.strip() for line in given.splitlines() if line.strip())
    if any(_is_weak(key) for key in keys):
        raise WeakSetting("FIELDAPP_OLD_SECRET_KEYS must hold whole keys, one a line")
    return keys


def _given_or_in_a_file(environ: Mapping[str, str], name: str) -> str | None:
    path = environ.get(f"{name}_FILE")
    if not path:
        return environ.get(name)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WeakSetting(f"{name}_FILE can't be read as text") from error


def _is_weak(key: str) -> bool:
    return len(key.encode()) < SECRET_BYTES or len(set(key)) < 10


def kept_secret(path: Path) -> str:
    """Return the secret kept in a file of the data folder, made at first use, readable by its owner only."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip()
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii").strip()


def _whole(environ: Mapping[str, str], name: str, default: int, *, low: int, high: int) -> int:
    given = environ.get(name)
    if given is None:
        return default
    if not (given.isascii() and given.isdigit()) or len(given) > 9 or not low <= int(given) <= high:
        raise WeakSetting(f"{name} must be a whole number from {low} to {high}, not {given!r}")
    return int(given)


def _school_forms(given: str) -> tuple[str, ...]:
    forms = tuple(form.strip().upper() for form in given.split(",") if form.strip())
    if not forms or not all(form.isalnum() and len(form) <= 10 for form in forms):
        raise WeakSetting("FIELDAPP_SCHOOL_FORMS must name at least one school form, such as GR")
    return forms


def _report_url(given: str | None) -> str | None:
    """Take an address that everybody's phone may be led to: https, a host, and no credentials in it."""
    if not given:
        return None
    try:
        parts = urlsplit(given)
        is_sound = parts.scheme == "https" and bool(parts.hostname) and "@" not in parts.netloc and parts.port != 0
    except ValueError:  # such as a bracket that never closes, or a port that is no number
        is_sound = False
    if not is_sound or not given.isascii() or not given.isprintable() or " " in given or len(given) > LONGEST_URL:
        raise WeakSetting("FIELDAPP_INCIDENT_REPORT_URL must be an https address without a password in it")
    return given


def _secrecy_mark(environ: Mapping[str, str]) -> SecrecyMark | None:
    """Take a mark of secrecy whole, or none: one that lacks its provision, date or authority says nothing."""
    names = [f"FIELDAPP_SECRECY_{part}" for part in ("PROVISION", "DATE", "AUTHORITY")]
    given = [environ.get(name, "").strip() for name in names]
    if not any(given):
        return None
    for name, said in zip(names, given, strict=True):
        if not said or not said.isprintable() or len(said) > LONGEST_MARK:
            raise WeakSetting(
                f"{name} is missing or can't be printed: {', '.join(names)} are given together or not at all"
            )
    provision, day, authority = given
    try:
        on = date.fromisoformat(day)
    except ValueError as error:
        raise WeakSetting(f"FIELDAPP_SECRECY_DATE must be a date such as 2026-11-28, not {day!r}") from error
    return SecrecyMark(provision, on, authority)


def _basemap(given: str | None) -> Path | None:
    """Take a path as it is: a link may lead to another file later. What is there is judged in `places/basemap.py`."""
    return Path(given).absolute() if given else None
