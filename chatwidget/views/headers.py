"""Response headers of our pages: what they may load, run and be framed by (CSP Level 3)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

from django.http.response import HttpResponseBase
from django.templatetags.static import static

from chatwidget.conf import conf

Response = TypeVar("Response", bound=HttpResponseBase)

PERMISSIONS = ("camera", "geolocation", "microphone", "payment", "usb")


def new_nonce() -> str:
    """Return a nonce for the one style element of a page."""
    return secrets.token_urlsafe(16)


def protect_page(
    response: Response,
    *,
    nonce: str,
    ancestors: Iterable[str] | None,
    scripts: bool,
    listens: bool = False,
) -> Response:
    """Set the headers of a page that loads our own assets and nothing else.

    ``ancestors`` are origins that may frame it besides this site, ``None`` lets nobody frame it;
    ``scripts`` says whether it runs any, ``listens`` whether it may ask for the microphone.
    """
    own = " ".join(("'self'", *_static_origin()))
    policy = {
        "default-src": "'none'",
        "style-src": f"{own} 'nonce-{nonce}'",
        "img-src": " ".join(("'self'", "data:", *(f"https://{host}" for host in conf.image_hosts))),
        "font-src": own,
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": _ancestors(ancestors),
    }
    if scripts:
        policy |= {
            "script-src": own,
            "connect-src": "'self'",
            "require-trusted-types-for": "'script'",
            "trusted-types": "default",
        }
    protected = _set(response, policy)
    if listens:
        allowed = protected["Permissions-Policy"].replace("microphone=()", "microphone=(self)")
        protected["Permissions-Policy"] = allowed
    return protected


def forbid_everything(response: Response) -> Response:
    """Set the headers of an answer that is no page of its own."""
    return _set(response, {"default-src": "'none'", "frame-ancestors": "'none'"})


def isolate(response: Response) -> Response:
    """Set the headers of a stranger's file: opened as a page, it has no rights and no origin."""
    policy = {"default-src": "'none'", "style-src": "'unsafe-inline'", "sandbox": ""}
    return _set(response, policy)


def _set(response: Response, policy: Mapping[str, str]) -> Response:
    response["Content-Security-Policy"] = "; ".join(
        f"{name} {value}".strip() for name, value in policy.items()
    )
    response["Permissions-Policy"] = ", ".join(f"{name}=()" for name in PERMISSIONS)
    response["Referrer-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    # A link that nobody follows would otherwise be looked up, and a host's name can carry words.
    response["X-DNS-Prefetch-Control"] = "off"
    # django-csp and Django's own middleware read these: ours is the whole policy.
    for exemption in ("_csp_exempt", "_csp_exempt_ro"):
        setattr(response, exemption, True)
    for override in ("_csp_config", "_csp_ro_config"):
        setattr(response, override, {})
    return response


def _static_origin() -> Iterable[str]:
    """Where the static files come from, if not from this site."""
    parts = urlsplit(static("chatwidget/base.css"))
    if parts.netloc:
        yield f"{parts.scheme}://{parts.netloc}" if parts.scheme else parts.netloc


def _ancestors(origins: Iterable[str] | None) -> str:
    if origins is None:
        return "'none'"
    # Django keeps line ends out of headers; these would end the directive or the policy.
    plain = [origin for origin in origins if origin.isascii() and not set(origin) & set(" ,;")]
    return " ".join(("'self'", *plain))
