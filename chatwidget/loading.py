"""What the loader is made of: our scripts and style sheets, without comments and blanks.

``embed.js`` is one public script a widget, with its config in it; ``more.js`` is the same for all
widgets of the site; ``greeting.js`` comes to the pages of a widget that has a greeting, ``move.js``
and ``hold.js`` when they are used. All are kept compressed by this process.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache, lru_cache

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from chatwidget import theme
from chatwidget.conf import conf
from chatwidget.encodings import Encoded, encode
from chatwidget.languages import NAMES, Language, chosen, fitting, reworded, speaking
from chatwidget.models import Widget
from chatwidget.sources import joined, read, without_blanks

CONFIG = '"__CHATWIDGET_CONFIG__"'
STYLES = re.compile(r'"__CHATWIDGET_(\w+)\.css__"')
WORDS = '"__CHATWIDGET_WORDS__"'
# In the order they run in: what a module imports stands before it.
MODULES = {
    "embed": ("making", "tag", "window", "rest", "placing", "opening", "embed"),
    "more": ("words", "frame", "standing", "calls", "more"),
}
# What only some loaders need, between "// name:" and "// :name".
OPTIONAL = re.compile(r"^ *// (\w+):.*?// :\1\n", re.MULTILINE | re.DOTALL)
# Has a browser compile all of it while it comes, off the page's thread, not function by function on
# it (Chrome 136): https://github.com/WICG/explicit-javascript-compile-hints-file-based
EAGER = "//# allFunctionsCalledOnLoad\n"
# What could end a script element, or a line, if the loader were ever put inside a page.
ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}


def config_for(widget: Widget, page: str = "") -> str:
    """The widget's config as a JavaScript expression.

    Its words are in the language that ``page`` names, or the widget's, or the site's: what a
    browser asks for is nothing that a public script could know (docs/decisions/0013).
    """
    language = chosen(page=page, widget=widget.language).anywhere
    only = {"language": language.tag} if fitting(page) or widget.language else {}
    with speaking(language, widget.words):
        return _expression(
            {
                "id": str(widget.public_id),
                "title": reworded(widget.title),
                "lang": language.tag,
                "dir": language.direction,
                "colours": theme.loader_css(widget),
                "words": _launcher_words(reworded(widget.title)),
                **_own_words(widget),
                "options": {**_options(widget), **only},
                **({"allow": "clipboard-write; microphone"} if widget.offers_dictation else {}),
                **({"query": 1} if widget.keeps_query else {}),
                **(_greeting(widget) if widget.greeting else {}),
            }
        )


def _options(widget: Widget) -> dict[str, str | int]:
    options = {**widget.launcher_options, "label": reworded(widget.label)}
    return {name: value for name, value in options.items() if value != ""}


def _launcher_words(title: str) -> dict[str, str]:
    return {"open": _("Open chat: %(title)s") % {"title": title}, "close": _("Close chat")}


def _loading_words() -> dict[str, str]:
    return {
        "loading": _("Loading…"),
        "failed": _("This didn't load. Check your connection and try again."),
        "retry": _("Try again"),
        "move": _("Drag this, or use the arrow keys, to move it to another corner"),
    }


def _own_words(widget: Widget) -> dict[str, object]:
    """What a widget says in place of the words of ``more.js``, by language, if it does."""
    own = {code: _replaced(widget, code) for code in NAMES} if widget.words else {}
    own = {code: words for code, words in own.items() if words}
    return {"own": own} if own else {}


def _replaced(widget: Widget, code: str) -> dict[str, str]:
    """The words that a widget replaces in a language."""
    language = Language(code, code)
    with speaking(language, widget.words):
        title = reworded(widget.title)
        said = {**_launcher_words(title), **_loading_words()}
    with speaking(language):
        usual = {**_launcher_words(widget.title), **_loading_words()}
    return {key: words for key, words in said.items() if words != usual[key]}


def _greeting(widget: Widget) -> dict[str, object]:
    paths = "|".join(map(_path_pattern, widget.greeting_paths))
    return {"greeting": {"delay": widget.greeting_delay, "paths": f"^({paths})$" if paths else ""}}


def _path_pattern(path: str) -> str:
    """A path as a pattern of JavaScript; one that ends in ``*`` stands for all below it."""
    return re.escape(path.removesuffix("*")) + ".*" * path.endswith("*")


@lru_cache(maxsize=256)
def packed(config: str) -> Encoded:
    """The loader for ``config``, compressed once."""
    return encode(loader_source(config).encode())


@lru_cache(maxsize=32)
def packed_rest(language: Language) -> Encoded:
    """The rest of the loader, ``more.js``, its words in ``language``."""
    with speaking(language):
        words = _expression(
            {
                **_launcher_words("{title}"),
                **_loading_words(),
                "lang": language.tag,
                "code": language.code,
                "dir": language.direction,
            }
        )
    return encode(_script("more").replace(WORDS, words).encode())


@cache
def packed_late(name: str) -> Encoded:
    """What comes when it is used, such as ``move.js``, compressed once."""
    return encode(_script(name).encode())


@lru_cache(maxsize=256)
def packed_greeting(words: str) -> Encoded:
    """What :func:`greeting_source` returns, compressed once."""
    return encode(greeting_source(words).encode())


def greeting_source(words: str) -> str:
    """The module that shows a widget's greeting, from its ``greeting_words``."""
    return _script("greeting").replace(WORDS, words)


def greeting_words(widget: Widget, page: str = "") -> str:
    """The words of a widget's greeting, in the language that ``page`` or the widget names."""
    with speaking(chosen(page=page, widget=widget.language), widget.words):
        return _expression({"text": reworded(widget.greeting), "dismiss": _("Close this")})


def loader_source(config: str = "null") -> str:
    """The loader's text; without a config it takes it from its tag's ``data-config``."""
    parts = {"pinned": config == "null", "greeting": config == "null" or '"greeting":{' in config}
    chosen = tuple(name for name, wanted in parts.items() if wanted)
    script = _script("embed", chosen).replace(CONFIG, config)
    # No module: a module never knows its own tag.
    return f'{EAGER}"use strict";(()=>{{{script}}})();'


@cache
def pinned_digest() -> str:
    """The SHA-384 of the loader without a config, as ``integrity`` writes it (SRI, section 3.5)."""
    return b64encode(hashlib.sha384(loader_source().encode()).digest()).decode()


@cache
def pinned_version() -> str:
    """The name of the loader without a config in its address: it changes with each byte."""
    return hashlib.sha256(loader_source().encode()).hexdigest()[:16]


def pinned_tag(widget: Widget, *, site: str = "") -> SafeString:
    """The tag of ``widget`` whose script never changes; ``site`` is used without ``PUBLIC_URL``."""
    address = (conf.public_url or site) + reverse("chatwidget:pinned", args=[pinned_version()])
    return format_html(
        '<script src="{}" integrity="sha384-{}" crossorigin="anonymous" data-config="{}" async>'
        "</script>",
        address,
        pinned_digest(),
        config_for(widget),
    )


@cache
def _script(name: str, parts: tuple[str, ...] = ()) -> str:
    text = joined([f"loader/{each}" for each in MODULES.get(name, (name,))])
    written = OPTIONAL.sub(lambda part: part[0] if part[1] in parts else "", text)
    return STYLES.sub(lambda found: f"`{_styles(found[1])}`", without_blanks(written))


@cache
def _styles(name: str) -> str:
    return without_blanks(read(f"loader/{name}", "css"), "css")


def _expression(value: Mapping[str, object]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(ESCAPES)
