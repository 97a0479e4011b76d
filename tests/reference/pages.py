"""The pages of the reference that are made from the code."""

from __future__ import annotations

import argparse
import ast
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management import get_commands, load_command_class
from django.utils import translation

from chatwidget.api.reading import readable
from chatwidget.api.schema import document
from chatwidget.checks import RULES
from chatwidget.templatetags import chatwidget as tags
from translating import po

ROOT = Path(__file__).resolve().parents[2]
DIRECTORY = ROOT / "docs" / "reference"
MADE = "Made from the code by `make reference`.\n\n"


def table(*rows: tuple[object, ...]) -> str:
    """A Markdown table; the first row is its head."""
    head, *body = [
        "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
        for row in rows
    ]
    return "\n".join([head, "|" + "---|" * len(rows[0]), *body]) + "\n"


def checks() -> str:
    settings = [
        (f"`chatwidget.{rule.code}`", f"`CHATWIDGET[{key!r}]` must be {rule.must}.", rule.hint)
        for key, rule in RULES.items()
    ]
    rows = sorted([*settings, *_spelled_checks()])
    return (
        "# System checks\n\n"
        f"{MADE}Errors (E) stop `manage.py`; warnings (W) come with `check --deploy`, W001 always. "
        "Silence one that is meant with Django's `SILENCED_SYSTEM_CHECKS`.\n\n"
        + table(("id", "what it says", "what to do"), *rows)
    )


def _spelled_checks() -> Iterator[tuple[str, str, str]]:
    """The checks that are written out as ``Error(…)`` and ``Caution(…)``."""
    for path in sorted((ROOT / "chatwidget" / "checks").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Error", "Caution"}:
                given = {each.arg: each.value for each in node.keywords}
                if isinstance(given["id"], ast.Constant):
                    yield f"`{_words(given['id'])}`", _words(node.args[0]), _words(given["hint"])


def _words(node: ast.expr) -> str:
    """The words of a string in the code; ``…`` stands where a value comes in."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_words(each) for each in node.values)
    if isinstance(node, ast.IfExp):
        return f"{_words(node.body)} Or: {_words(node.orelse)}"
    return "…"


def commands() -> str:
    ours = sorted(name for name, app in get_commands().items() if app == "chatwidget")
    return f"# Commands\n\n{MADE}" + "\n".join(map(_command, ours))


def _command(name: str) -> str:
    command = load_command_class("chatwidget", name)
    # What every command of Django's has is not listed.
    parser = argparse.ArgumentParser(prog=name)
    with translation.override(None):
        command.add_arguments(parser)  # type: ignore[arg-type]
    rows = [(_spelled(action), _told(action)) for action in _actions(parser)]
    listed = table(("argument", "what"), *rows) if rows else "It takes no arguments.\n"
    return f"## {name}\n\n{command.help}\n\n{listed}"


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """Each argument, and those of each subcommand."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from _actions(inner)
        elif action.dest != "help":
            yield action


def _spelled(action: argparse.Action) -> str:
    name = ", ".join(action.option_strings)
    value = str(action.metavar or action.dest.upper()) if action.nargs != 0 else ""
    return f"`{' '.join(filter(None, (name, value)))}`"


def _told(action: argparse.Action) -> str:
    choices = ", ".join(f"`{each}`" for each in action.choices or ())
    needed = "Required." if action.option_strings and action.required else ""
    return " ".join(filter(None, (action.help, choices and f"One of {choices}.", needed)))


def models() -> str:
    with translation.override(None):
        parts = [_model(model) for model in apps.get_app_config("chatwidget").get_models()]
    return f"# Models\n\n{MADE}They are edited in the admin; the tables are not public.\n\n" + (
        "\n".join(parts)
    )


def _model(model: Any) -> str:
    rows = [
        (f"`{field.name}`", type(field).__name__, field.verbose_name, field.help_text)
        for field in model._meta.concrete_fields
    ]
    words = inspect.cleandoc(model.__doc__ or "")
    return f"## {model.__name__}\n\n{words}\n\n" + table(("field", "type", "name", "what"), *rows)


def template_tags() -> str:
    parts = [
        f"## {{% {name} %}}\n\n{inspect.getdoc(function)}\n"
        for name, function in sorted(tags.register.tags.items())
    ]
    head = f"# Template tags\n\n{MADE}They need `{{% load chatwidget %}}`.\n\n"
    return (head + "\n".join(parts)).replace("``", "`")


def javascript_types() -> str:
    types = (ROOT / "chatwidget/static/chatwidget/chatwidget.d.ts").read_text()
    return (
        f"# The page's API as TypeScript sees it\n\n{MADE}In the package's static files as "
        f"`chatwidget/chatwidget.d.ts`.\n\n```typescript\n{types}```\n"
    )


def json_schema() -> str:
    read = readable(document())
    calls = [_endpoint(each) for each in read["endpoints"]]
    schemas = [_schema(*each) for each in read["schemas"]]
    return (
        f"# The JSON API's schema\n\n{MADE}With examples: [the JSON API](mirror.md). Below, "
        "`/chat/` stands for wherever the site mounts the app.\n\n"
        + "\n".join(calls)
        + "\n## Schemas\n\n"
        + "\n".join(schemas)
    )


def _endpoint(each: Any) -> str:
    fields = [
        (f"`{field.name}`", field.place, field.kind, field.words) for field in each.parameters
    ]
    answers = [(each.status, each.schema, each.words) for each in each.answers]
    takes = f"Takes `{each.request}`.\n\n" if each.request else ""
    return (
        f"## {each.summary}\n\n`{each.method} {each.path}`\n\n{each.words}\n\n{takes}"
        + (table(("parameter", "in", "type", "what"), *fields) + "\n" if fields else "")
        + table(("status", "body", "when"), *answers)
    )


def _schema(name: str, values: Any, fields: Any) -> str:
    rows = [(f"`{field.name}`", field.kind, field.words) for field in fields]
    listed = table(("field", "type", "what"), *rows) if rows else ""
    named = "One of " + ", ".join(f"`{value}`" for value in values) + ".\n" if values else ""
    return f"### {name}\n\n{named}{listed}"


def translations() -> str:
    catalogues = {code: po.read(po.path_of(code)) for code in po.codes()}
    counts = [
        (code, len(entries), sum(not entry.is_translated for entry in entries))
        for code, entries in catalogues.items()
    ]
    for_visitors = [
        [entry for entry in entries if entry.is_for_visitors] for entries in catalogues.values()
    ]
    # By their letters: where in the code a text stands is no matter of this page's.
    texts = sorted(zip(*for_visitors, strict=True), key=lambda same: same[0].msgid.casefold())
    rows = [(_plain(same[0].msgid), *(_plain(entry.forms[-1]) for entry in same)) for same in texts]
    return (
        f"# Translations\n\n{MADE}"
        + table(("catalogue", "texts", "missing or unsure"), *counts)
        + "\n## What visitors read\n\nOf several plural forms the last.\n\n"
        + table(("en", *catalogues), *rows)
    )


def _plain(text: str) -> str:
    """``text`` as it is, where Markdown would take a part of it for its own."""
    return re.sub(r"([\\`*_\[\]<{])", r"\\\1", text)


PAGES: Mapping[str, Callable[[], str]] = {
    "checks.md": checks,
    "commands.md": commands,
    "javascript-types.md": javascript_types,
    "json-schema.md": json_schema,
    "models.md": models,
    "template-tags.md": template_tags,
    "translations.md": translations,
}
