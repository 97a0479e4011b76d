"""Encryption of credentials at rest: ``cryptography``'s MultiFernet under the site's keys."""

from __future__ import annotations

import base64
import re
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from chatwidget.conf import conf


class SecretUnreadable(Exception):
    """A stored secret was encrypted under a key that the site no longer has."""


@lru_cache(maxsize=8)
def _derived_key(secret_key: str) -> bytes:
    hkdf = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"chatwidget.encryption")
    return base64.urlsafe_b64encode(hkdf.derive(secret_key.encode()))


@lru_cache(maxsize=8)
def _fernet_of(keys: tuple[str | bytes, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _fernet() -> MultiFernet:
    # The derived keys stay behind the site's own: what was stored before it had any still opens.
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    derived = (_derived_key(str(secret)) for secret in secrets)
    return _fernet_of((*conf.encryption_keys, *derived))


def is_sites_own(secret: str) -> bool:
    """Whether ``secret`` is a key of this site, or a list that has one, and so nobody else's."""
    kept = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS, *conf.encryption_keys]
    keys = {key.decode() if isinstance(key, bytes) else str(key) for key in kept}
    return not keys.isdisjoint({secret, *re.split(r"[\s,]+", secret)} - {""})


# Each call wants the server's credential and the chat's token, and the keys to both are in memory
# as well. What was opened with keys that the site no longer has is not found again.
@lru_cache(maxsize=1024)
def _opened(fernet: MultiFernet, stored: str) -> str:
    return fernet.decrypt(stored).decode()


def encrypt(secret: str) -> str:
    """Return ``secret`` encrypted under the first key; the empty string stays empty."""
    return _fernet().encrypt(secret.encode()).decode() if secret else ""


def reencrypt(stored: str) -> str:
    """Return what :func:`encrypt` made under any of the keys, made anew under the first.

    Raises:
        SecretUnreadable: none of the site's keys opens it.
    """
    return encrypt(decrypt(stored))


def decrypt(stored: str) -> str:
    """Return what :func:`encrypt` was given.

    Raises:
        SecretUnreadable: none of the site's keys opens it.
    """
    if not stored:
        return ""
    try:
        return _opened(_fernet(), stored)
    except InvalidToken as error:
        raise SecretUnreadable("No key in ENCRYPTION_KEYS opens this secret.") from error
