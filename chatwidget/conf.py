"""The app's settings: the one place that reads ``settings.CHATWIDGET``.

Nothing is cached, so ``override_settings`` works. Each key has a default here, a check in
``checks/rules.py`` and a row in ``docs/reference/settings.md``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.conf import settings

from chatwidget import file_types

DEFAULTS: Mapping[str, object] = {
    "ADDRESS_LIMIT": 600,
    "ALLOW_PRIVATE_SERVERS": False,
    "CACHE": "default",
    "CONNECT_TIMEOUT": 3,
    "CREDENTIAL_VARIABLES": ("CHATAPI_*",),
    "ENCRYPTION_KEYS": (),
    "IDENTITY": "chatwidget.identity.from_user",
    "IMAGE_HOSTS": (),
    "MESSAGE_MAX_LENGTH": 10_000,
    "PUBLIC_URL": "",
    "READ_TIMEOUT": 15,
    "REPLY_DEADLINE": 300,
    "REQUEST_ID": "",
    "RETENTION_DAYS": 90,
    "SERVER_CALLS": 6,
    "SERVER_FAILURES": 5,
    "SERVER_REST": 10,
    "SESSION_LIMIT": 60,
    "SESSION_MAX_AGE": 7 * 24 * 60 * 60,
    "TOTAL_TIMEOUT": 20,
    "TRUSTED_PROXIES": 0,
    "UPLOAD_MAX_BYTES": 50 * 1024 * 1024,
    "UPLOAD_TYPES": file_types.DEFAULT,
    "USAGE_RETENTION_DAYS": 730,
    "WIDGET_LIMIT": 0,
}


class Settings:
    """A typed property for each key of ``settings.CHATWIDGET``."""

    def get(self, key: str) -> Any:
        """The site's value of ``key``, or its default."""
        return getattr(settings, "CHATWIDGET", {}).get(key, DEFAULTS[key])

    @property
    def address_limit(self) -> int:
        """Messages a minute that one address may send to a widget; 0 for no limit."""
        return int(self.get("ADDRESS_LIMIT"))

    @property
    def session_limit(self) -> int:
        """Messages a minute in one session; 0 for no limit."""
        return int(self.get("SESSION_LIMIT"))

    @property
    def widget_limit(self) -> int:
        """Messages a minute to one widget; 0 for no limit."""
        return int(self.get("WIDGET_LIMIT"))

    @property
    def trusted_proxies(self) -> int:
        """How many proxies of the site's own add to ``X-Forwarded-For``."""
        return int(self.get("TRUSTED_PROXIES"))

    @property
    def credential_variables(self) -> Sequence[str]:
        """Patterns of the environment variables that an admin may name as a credential."""
        return tuple(self.get("CREDENTIAL_VARIABLES"))

    @property
    def request_id(self) -> str:
        """Dotted path of what returns the id of the request that is being served, or nothing."""
        return cast(str, self.get("REQUEST_ID"))

    @property
    def upload_max_bytes(self) -> int:
        """Bytes that the files of one upload may have together (fact 25: servers take 50 MB)."""
        return int(self.get("UPLOAD_MAX_BYTES"))

    @property
    def upload_types(self) -> Mapping[str, Sequence[str]]:
        """The files that visitors may send: by extension, the media types they may come as."""
        return cast(Mapping[str, Sequence[str]], self.get("UPLOAD_TYPES"))

    @property
    def usage_retention_days(self) -> int:
        """Days that counts of usage are kept."""
        return int(self.get("USAGE_RETENTION_DAYS"))

    @property
    def allow_private_servers(self) -> bool:
        """Whether a Chat API may be plain http or on a private address."""
        return bool(self.get("ALLOW_PRIVATE_SERVERS"))

    @property
    def cache(self) -> str:
        """The alias in ``settings.CACHES`` that the app uses."""
        return cast(str, self.get("CACHE"))

    @property
    def connect_timeout(self) -> float:
        """Seconds to wait for a connection to a Chat API."""
        return float(self.get("CONNECT_TIMEOUT"))

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for the next bytes of an answer."""
        return float(self.get("READ_TIMEOUT"))

    @property
    def total_timeout(self) -> float:
        """Seconds that a whole call may take, its body included."""
        return float(self.get("TOTAL_TIMEOUT"))

    @property
    def encryption_keys(self) -> Sequence[str]:
        """Fernet keys for what is encrypted at rest, the one that encrypts first.

        Empty: they are derived from ``SECRET_KEY`` and its fallbacks, which open in any case.
        """
        return tuple(self.get("ENCRYPTION_KEYS"))

    @property
    def identity(self) -> Any:
        """What says who is logged in: a callable that takes the request, or its dotted path."""
        return self.get("IDENTITY")

    @property
    def image_hosts(self) -> Sequence[str]:
        """Hosts whose pictures an answer may show; others become links."""
        return tuple(self.get("IMAGE_HOSTS"))

    @property
    def message_max_length(self) -> int:
        """Characters that a visitor's message may have."""
        return int(self.get("MESSAGE_MAX_LENGTH"))

    @property
    def public_url(self) -> str:
        """Scheme and host of the site, for snippets made outside a request."""
        return cast(str, self.get("PUBLIC_URL")).rstrip("/")

    @property
    def reply_deadline(self) -> float:
        """Seconds after which an unanswered message is given up (facts 12)."""
        return float(self.get("REPLY_DEADLINE"))

    @property
    def retention_days(self) -> int:
        """Days that a session is kept after its last message."""
        return int(self.get("RETENTION_DAYS"))

    @property
    def server_calls(self) -> int:
        """Calls of one server that a process makes at once; 0 for any number."""
        return int(self.get("SERVER_CALLS"))

    @property
    def server_failures(self) -> int:
        """Failures in a row after which a process leaves a server alone; 0 for never."""
        return int(self.get("SERVER_FAILURES"))

    @property
    def server_rest(self) -> float:
        """Seconds that a failing server is left alone before one call tries it."""
        return float(self.get("SERVER_REST"))

    @property
    def session_max_age(self) -> int:
        """Seconds that a session token is good for (facts 5: the server's own take 7 days)."""
        return int(self.get("SESSION_MAX_AGE"))


conf = Settings()
