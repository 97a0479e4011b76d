"""What each setting's value must be, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.utils.module_loading import import_string

from chatwidget import origins

DAY = 24 * 60 * 60
EXTENSION = re.compile(r"\.[a-z0-9_+-]{1,20}")
MEDIA_TYPE = re.compile(r"[a-z]+/[a-z0-9!#$&^_.+-]{1,127}")
# Compared with a picture's host, port included, and written into the page's policy (CSP).
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")


@dataclass(frozen=True, slots=True)
class Rule:
    """What a setting's value must be: ``must`` completes “CHATWIDGET['KEY'] must be …”."""

    code: str
    must: str
    holds: Callable[[Any], bool]
    hint: str


def _is_bool(value: Any) -> bool:
    return isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_cache(value: Any) -> bool:
    return isinstance(value, str) and value in settings.CACHES


def _is_list_of(value: Any, holds: Callable[[Any], bool]) -> bool:
    return isinstance(value, (list, tuple)) and all(map(holds, value))


def _is_fernet_key(value: Any) -> bool:
    try:
        Fernet(value)
    except (ValueError, TypeError, AttributeError):
        return False
    return True


def _is_host(value: Any) -> bool:
    return isinstance(value, str) and HOST.fullmatch(value) is not None


def _is_site(value: Any) -> bool:
    if value == "":
        return True
    try:
        return bool(origins.normalise(value)) and value == value.strip()
    except (ValueError, AttributeError):
        return False


def _number(code: str, low: float, high: float, *, unit: str, whole: bool = False) -> Rule:
    kind = int if whole else (int, float)
    return Rule(
        code,
        f"a {'whole ' if whole else ''}number of {unit} from {low:,} to {high:,}",
        lambda value: _is_number(value) and isinstance(value, kind) and low <= value <= high,
        "Write it without quotes, or leave the key out for the default.",
    )


def _is_types(value: Any) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(extension, str)
        and EXTENSION.fullmatch(extension) is not None
        and bool(types)
        and _is_list_of(types, _is_media_type)
        for extension, types in value.items()
    )


def _is_media_type(value: Any) -> bool:
    return isinstance(value, str) and MEDIA_TYPE.fullmatch(value) is not None


def _is_path(value: Any) -> bool:
    return isinstance(value, str) and (value == "" or callable(_imported(value)))


def _imported(path: str) -> object:
    try:
        return import_string(path)
    except ImportError:
        return None


RULES: Mapping[str, Rule] = {
    "ADDRESS_LIMIT": _number("E022", 0, 1_000_000, unit="messages", whole=True),
    "ALLOW_PRIVATE_SERVERS": Rule(
        "E010", "True or False", _is_bool, "Write it without quotes; False is the default."
    ),
    "CACHE": Rule(
        "E011",
        "an alias in CACHES",
        _is_cache,
        "Add that cache to settings.CACHES, or name one that is there, such as 'default'.",
    ),
    "CONNECT_TIMEOUT": _number("E012", 0.1, 60, unit="seconds"),
    "CREDENTIAL_VARIABLES": Rule(
        "E023",
        "a list of names of environment variables, * for any characters",
        lambda value: _is_list_of(value, lambda name: isinstance(name, str) and bool(name)),
        "Write names or patterns, such as ['CHATAPI_*'].",
    ),
    "ENCRYPTION_KEYS": Rule(
        "E013",
        "a list of Fernet keys",
        lambda value: _is_list_of(value, _is_fernet_key),
        'Make a key with: python -c "from cryptography.fernet import Fernet; '
        'print(Fernet.generate_key().decode())"',
    ),
    "IDENTITY": Rule(
        "E031",
        "a callable or its dotted path",
        lambda value: callable(value) or (value != "" and _is_path(value)),
        "Name what takes the request and returns a chatwidget.identity.Identity or None, such as "
        "'myproject.chat.who'.",
    ),
    "IMAGE_HOSTS": Rule(
        "E014",
        "a list of host names",
        lambda value: _is_list_of(value, _is_host),
        "Write hosts in lower case, without scheme or path, such as ['images.example.com'].",
    ),
    "MESSAGE_MAX_LENGTH": _number("E015", 1, 100_000, unit="characters", whole=True),
    "PUBLIC_URL": Rule(
        "E016",
        "the site's scheme and host, or empty",
        _is_site,
        "Write an absolute address without a path, such as 'https://www.example.com'.",
    ),
    "READ_TIMEOUT": _number("E017", 0.1, 300, unit="seconds"),
    "REPLY_DEADLINE": _number("E018", 1, DAY, unit="seconds"),
    "REQUEST_ID": Rule(
        "E024",
        "the dotted path of a callable, or empty",
        _is_path,
        "Name what returns the current request's id, such as 'myproject.ids.current'.",
    ),
    "RETENTION_DAYS": _number("E019", 1, 36_500, unit="days", whole=True),
    "SERVER_CALLS": _number("E032", 0, 10_000, unit="calls", whole=True),
    "SERVER_FAILURES": _number("E033", 0, 10_000, unit="failures", whole=True),
    "SERVER_REST": _number("E034", 1, 3600, unit="seconds"),
    "SESSION_LIMIT": _number("E025", 0, 1_000_000, unit="messages", whole=True),
    "SESSION_MAX_AGE": _number("E020", 60, 3_650 * DAY, unit="seconds", whole=True),
    "TOTAL_TIMEOUT": _number("E021", 0.1, 600, unit="seconds"),
    "TRUSTED_PROXIES": _number("E026", 0, 10, unit="proxies", whole=True),
    "UPLOAD_MAX_BYTES": _number("E029", 0, 50 * 1024 * 1024, unit="bytes", whole=True),
    "UPLOAD_TYPES": Rule(
        "E030",
        "a dict of lists of media types by extension, in lower case",
        _is_types,
        "Write {'.pdf': ['application/pdf'], '.png': ['image/png']}; {} lets nobody send files.",
    ),
    "USAGE_RETENTION_DAYS": _number("E027", 1, 36_500, unit="days", whole=True),
    "WIDGET_LIMIT": _number("E028", 0, 1_000_000, unit="messages", whole=True),
}
