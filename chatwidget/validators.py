"""What a stored field refuses, in words that say what to type."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator, URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from chatwidget import hours, origins, questions
from chatwidget.chatapi import normalise_base_url
from chatwidget.chatapi.addresses import is_public
from chatwidget.conf import conf

validate_colour = RegexValidator(
    r"\A#[0-9a-fA-F]{6}\Z",
    message=gettext_lazy("Type a colour as # and six hexadecimal digits, such as #1f6f5c."),
    code="colour",
)

validate_link = URLValidator(
    schemes=["https", "http"],
    message=gettext_lazy("Type an address such as https://www.example.com/privacy."),
    code="link",
)


def validate_base_url(value: str) -> None:
    """Refuse what cannot be a Chat API's address, or one that the site does not allow."""
    try:
        parts = urlsplit(normalise_base_url(value))
    except ValueError as error:
        raise ValidationError(str(error), code="base_url") from error
    if conf.allow_private_servers:
        return
    if parts.scheme != "https" or _is_private(parts.hostname or ""):
        raise ValidationError(
            _(
                "Type an https address with a public host. For a server on your own network, "
                "set CHATWIDGET['ALLOW_PRIVATE_SERVERS'] = True in the site's settings."
            ),
            code="private_server",
        )


def _is_private(host: str) -> bool:
    name = host.removesuffix(".")
    try:
        return not is_public(_plain_number(name))
    except ValueError:
        return name == "localhost" or name.endswith((".localhost", ".local", ".internal"))


def _plain_number(host: str) -> str:
    """Return 127.0.0.1 for 127.1, 0x7f.1, 0177.0.0.1 and 2130706433, as connections take them."""
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return host


def validate_origin(value: str) -> None:
    """Refuse what no browser would send as ``Origin``."""
    try:
        origins.normalise(value)
    except ValueError as error:
        raise ValidationError(str(error), code="origin") from error


def validate_origin_patterns(value: object) -> None:
    """Refuse a list that holds anything but origins, ``https://*.example.com`` and ``*``."""
    for line in _lines(value):
        try:
            origins.normalise(line, wildcard=True)
        except ValueError as error:
            raise ValidationError(str(error), code="origin") from error


def validate_lines(value: object) -> None:
    """Refuse anything but a list of strings that are not blank."""
    _lines(value)


def _lines(value: object) -> list[str]:
    if isinstance(value, list) and all(isinstance(line, str) and line.strip() for line in value):
        return value
    raise ValidationError(_("Type one entry a line."), code="lines")


def validate_paths(value: object) -> None:
    """Refuse a list that holds anything but paths of a site, ``/help/*`` for all below."""
    for line in _lines(value):
        if not line.startswith("/") or set(line) & set("?# "):
            raise ValidationError(
                _("“%(line)s” is no path. Type one such as /pricing or /help/*.") % {"line": line},
                code="path",
            )


def validate_names(value: object) -> None:
    """Refuse a list that holds anything but names of values, as JavaScript has them."""
    for line in _lines(value):
        if not line.isidentifier() or len(line) > 40:
            raise ValidationError(
                _("“%(line)s” is no name. Type letters, digits and _.") % {"line": line},
                code="name",
            )


FONT_NAME = re.compile(r"[^\W_][\w .+-]*")
# What may stand in an address of a path, without what could end a CSS string or an element.
PATH = re.compile(r"/(?!/)[\w./~%?=&+-]*", re.ASCII)
FONT_FILE = re.compile(rf"{PATH.pattern}\.woff2(\?[\w.=&-]*)?", re.ASCII)


def validate_font(value: str) -> None:
    """Refuse what is no list of font families with commas between them."""
    for name in value.split(","):
        if not FONT_NAME.fullmatch(name.strip()):
            raise ValidationError(
                _("“%(name)s” is no font. Type a name such as Inter, or several with commas.")
                % {"name": name.strip()},
                code="font",
            )


def validate_font_file(value: str) -> None:
    """Refuse what is no path of a ``.woff2`` file."""
    if not FONT_FILE.fullmatch(value):
        words = _("Type a path on this site that ends in .woff2, such as /static/fonts/sans.woff2.")
        raise ValidationError(words, code="font_file")


def validate_picture(value: str) -> None:
    """Refuse the address of a picture that our pages may not show."""
    if not may_show_picture(value):
        raise ValidationError(
            _(
                "Type a path on this site, such as /static/bot.png, or an https address. Its host "
                "has to be in CHATWIDGET['IMAGE_HOSTS'] in the site's settings."
            ),
            code="picture",
        )


def may_show_picture(address: str) -> bool:
    """Whether our pages' policy lets the picture at ``address`` load."""
    if PATH.fullmatch(address):
        return True
    host, _slash, path = address.removeprefix("https://").partition("/")
    return (
        address.startswith("https://")
        and host in conf.image_hosts
        and bool(PATH.fullmatch(f"/{path}"))
    )


def validate_hours(value: object) -> None:
    """Refuse a list that holds anything but lines of opening hours, and say which."""
    _each_line(value, hours.read_line)


def validate_holidays(value: object) -> None:
    """Refuse a list that holds anything but lines of holidays, and say which."""
    _each_line(value, hours.read_holiday)


def validate_questions(value: object) -> None:
    """Refuse a list that holds anything but questions, and say which."""
    _each_line(value, questions.read_line)
    try:
        questions.read(_lines(value))
    except ValueError as error:
        raise ValidationError(str(error), code="questions") from error


def _each_line(value: object, read: Callable[[str], object]) -> None:
    faults = []
    for number, line in enumerate(_lines(value), 1):
        try:
            read(line)
        except ValueError as error:
            words = _("Line %(number)d: %(fault)s") % {"number": number, "fault": error}
            faults.append(ValidationError(words, code="line"))
    if faults:
        raise ValidationError(faults)


def validate_zone(value: str) -> None:
    """Refuse what is no time zone on this machine."""
    if value not in available_timezones():
        words = _("“%(zone)s” is no time zone that is known here. Type one such as Europe/Berlin.")
        raise ValidationError(words % {"zone": value}, code="zone")
