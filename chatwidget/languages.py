"""The languages that visitors read: which one a request gets, and a widget's own words in it.

Nothing here asks the site's ``LocaleMiddleware``, ``LANGUAGES``, session or cookies: a chat is in
the language that its page, its widget or its visitor's browser names (docs/reference/languages.md).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Final

from django.conf import settings
from django.utils import translation
from django.utils.translation import trans_real

# By the names that Django gives them; each as its own speakers call it.
NAMES: Final[Mapping[str, str]] = {
    "ar": "العربية",
    "bn": "বাংলা",
    "de": "Deutsch",
    "en": "English",
    "es": "Español",
    "fr": "Français",
    "hi": "हिन्दी",
    "it": "Italiano",
    "pt": "Português",
    "sw": "Kiswahili",
    "uk": "Українська",
    "zh-hans": "简体中文",
}
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}
TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*", re.IGNORECASE)
LONGEST_LIST = 200  # characters; more is no browser's
HEADER = "X-Chat-Language"

# Of typography, and of no meaning in HTML.
MARKUP: Final = {ord("<"): "\u2039", ord(">"): "\u203a", ord('"'): "\u201d"}

Rows = Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Language:
    """A language: ``code`` names Django's catalogue, ``tag`` is for ``lang`` (BCP 47).

    The tag keeps the region that somebody asked for, because dates and digits go by it.
    """

    code: str
    tag: str

    @property
    def direction(self) -> str:
        """How it is written, as ``dir`` has it."""
        base = _base(self.code)
        is_bidi = base in RIGHT_TO_LEFT or base in settings.LANGUAGES_BIDI
        return "rtl" if is_bidi else "ltr"

    @property
    def anywhere(self) -> Language:
        """The language without its region: one of few, which caches may keep a copy for each."""
        return Language(self.code, "zh-Hans" if self.code == "zh-hans" else self.code)


ENGLISH = Language("en", "en")


@dataclass(frozen=True, slots=True)
class Spoken:
    """What is spoken now: a language, and words that replace the app's own."""

    language: Language = ENGLISH
    words: Mapping[str, str] = field(default_factory=dict)


_now: ContextVar[Spoken | None] = ContextVar("chatwidget_spoken", default=None)


def fitting(asked: str) -> Language | None:
    """The first language of ours in a list of tags such as ``de-AT,de,en``, if there is one."""
    for tag in asked[:LONGEST_LIST].replace(" ", "").split(","):
        code = next((each for each in NAMES if _base(each) == _base(tag)), None)
        if code and TAG.fullmatch(tag):
            # Simplified characters are what every kind of Chinese gets.
            spoken = Language(code, tag)
            return spoken.anywhere if code == "zh-hans" else spoken
    return None


def of_site() -> Language:
    """The language of the site, which need not be one of ours if it brings the words for it."""
    if not settings.USE_I18N:
        return ENGLISH
    code = settings.LANGUAGE_CODE
    return fitting(code) or Language(code, code)


def chosen(*, page: str = "", widget: str = "", browser: str = "") -> Language:
    """The language to speak: the page's, or else the widget's, the browser's, the site's.

    ``page`` is a list of tags, ``widget`` a code or nothing, ``browser`` an ``Accept-Language``.
    A site without translations (``USE_I18N``) speaks English.
    """
    if not settings.USE_I18N:
        return ENGLISH
    accepted = trans_real.parse_accept_lang_header(browser.lower())
    tags = ",".join(tag for tag, _quality in accepted)
    return fitting(page) or fitting(widget) or fitting(tags) or of_site()


@contextmanager
def speaking(language: Language, rows: Rows = ()) -> Iterator[None]:
    """Translate into ``language`` within the block, by the words of ``rows`` where they have any.

    ``switch`` may change it until the block ends.
    """
    token = _now.set(None)
    try:
        with translation.override(language.code):
            switch(language, rows)
            yield
    finally:
        _now.reset(token)


def switch(language: Language, rows: Rows = ()) -> None:
    """Go on in ``language``; call it within ``speaking``, which knows the way back."""
    spoken = Spoken(language, _words(language, rows))
    _now.set(spoken)
    translation.activate(language.code)
    if spoken.words and settings.USE_I18N:
        # Django has no public way to translate by anything but files: see docs/decisions/0014.
        catalogue = trans_real.translation(language.code)
        trans_real._active.value = _Overlay(catalogue, spoken.words)  # type: ignore[attr-defined]


def spoken() -> Language:
    """The language that is spoken now; outside ``speaking`` the site's."""
    now = _now.get()
    return now.language if now else of_site()


def reworded(text: str) -> str:
    """What a widget says instead of a text of its own, such as its title, in this language."""
    now = _now.get()
    return now.words.get(text, text) if now else text


def plain(text: str) -> str:
    """``text`` without what could be markup, since templates trust a translation."""
    return text.translate(MARKUP)


def _words(language: Language, rows: Rows) -> dict[str, str]:
    """The words for ``language``: a row for it counts more than one for all languages."""
    fit = [row for row in rows if row["language"] in ("", language.code)]
    fit.sort(key=lambda row: row["language"])
    return {row["text"]: plain(row["words"]) for row in fit}


def _base(tag: str) -> str:
    return tag.partition("-")[0].lower()


class _Overlay:
    """A catalogue of Django's with some of its words replaced."""

    def __init__(self, catalogue: Any, words: Mapping[str, str]) -> None:
        self._catalogue = catalogue
        self._words = words

    def gettext(self, message: str) -> str:
        """Return the widget's words for ``message``, or the catalogue's."""
        return self._words.get(message) or str(self._catalogue.gettext(message))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._catalogue, name)
