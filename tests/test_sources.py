from __future__ import annotations

import pytest

from chatwidget import sources

FILES = {
    "names": 'const KEY = "a";\nexport const say = (text) => text;\nexport { KEY };\n',
    "one": 'import { KEY, say } from "./names.js";\nimport { ask } from "./far.js";\n'
    "export async function first() {\n  return ask(say(KEY));\n}\n",
    "two": 'import { first } from "./one.js";\nimport { ask, tell } from "./far.js";\n'
    "export default () => tell(first(), ask);\nexport const last = 1;\n",
}


@pytest.fixture(autouse=True)
def files(monkeypatch):
    monkeypatch.setattr(sources, "read", lambda name, _kind: FILES[name])


def test_joined_modules_import_from_others_once_and_export_what_the_last_does():
    assert sources.joined(["names", "one", "two"]) == (
        'import { ask, tell } from "./far.js";\n'
        'const KEY = "a";\nconst say = (text) => text;\n'
        "async function first() {\n  return ask(say(KEY));\n}\n"
        "export default () => tell(first(), ask);\nexport const last = 1;\n"
    )


def test_a_module_that_is_sent_in_another_is_asked_for_there():
    text = sources.joined(["two"], homes={"one": "all", "far": "all"})
    assert text.startswith('import { first, ask, tell } from "./all.js";\nexport default')


def test_what_modules_need_of_others_is_known():
    assert sources.imported(["one", "two"], of=["names", "one"]) == ["KEY", "first", "say"]


@pytest.mark.parametrize(
    ("kind", "text", "bare"),
    [
        (
            "js",
            '/** Why. */\nconst a = "b , c";\n  // And how.\n  f( a, );\n',
            'const a="b , c";f(a);',
        ),
        ("js", "f(/** @type {any} */ (node.first), `a , b`);\n", "f(node.first,`a , b`);"),
        ("css", "/* Why. */\na > b,\ni {\n  color: red;\n}\n", "a>b,i{color:red}"),
    ],
)
def test_comments_and_needless_blanks_go(kind, text, bare):
    assert sources.without_blanks(text, kind) == bare
