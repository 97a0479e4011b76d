from __future__ import annotations

import re
import shutil
import subprocess

import pytest

from chatwidget import bundle, loading
from chatwidget.sources import read

SCRIPTS = ["chat.js", *(f"{names[-1]}.js" for names in bundle.LATER)]
JOINED = [
    bundle.FIRST,
    *bundle.LATER,
    *([f"loader/{name}" for name in names] for names in loading.MODULES.values()),
]
DECLARED = re.compile(
    r"^(?:export )?(?:default )?(?:async )?(?:function|const|let|class) (\w+)", re.MULTILINE
)
TAKEN_APART = re.compile(r"^(?:export )?(?:const|let) \{ (.*?) \} =", re.MULTILINE)
HOVERING = re.compile(r"@media \(hover: ?hover\)\{(?:[^{}]*\{[^{}]*\})*\}")
IMPORTED = re.compile(r'^import .*"\./(\w+)\.js"', re.MULTILINE)


def last(names):
    return names[-1]


def test_the_first_script_imports_nothing():
    assert not re.search(r"\bimport\b(?!\()", bundle.source("chat.js"))


@pytest.mark.parametrize("names", bundle.LATER, ids=last)
def test_what_comes_later_uses_the_modules_that_already_run(names):
    exported = re.findall(r"export\{(.*)\}", bundle.source("chat.js"))[0].split(",")
    imports = re.findall(r'import\{(.*?)\}from"\./(\w+)\.js"', bundle.source(f"{names[-1]}.js"))
    for wanted, module in imports:
        assert f"{module}.js" in SCRIPTS
        assert module != "chat" or set(wanted.split(",")) <= set(exported)
    assert len(imports) == len({module for _wanted, module in imports})


@pytest.mark.parametrize("names", JOINED, ids=last)
def test_a_module_stands_after_those_that_it_is_sent_with_and_imports(names):
    inside = [name.rpartition("/")[2] for name in names]
    for place, name in enumerate(names):
        imported = set(IMPORTED.findall(read(name, "js")))
        assert imported & set(inside) <= set(inside[:place])


@pytest.mark.parametrize("names", JOINED, ids=last)
def test_no_name_is_declared_twice_in_what_is_sent_together(names):
    texts = [read(name, "js") for name in names]
    declared = [name for text in texts for name in DECLARED.findall(text)]
    declared += [
        name for text in texts for found in TAKEN_APART.findall(text) for name in found.split(", ")
    ]
    assert sorted(declared) == sorted(set(declared))


def test_the_loader_asks_for_none_of_its_own_modules():
    assert not re.search(r"\b(?:import|export)\b(?!\()", loading.loader_source())


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_comment_and_no_indentation_is_served(name):
    assert not re.search(r"/\*|^\s", bundle.source(name), re.MULTILINE)


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_is_served_is_a_module(name, tmp_path):
    if not (node := shutil.which("node")):
        pytest.skip("node, which parses what is served, isn't installed here")
    path = tmp_path / f"{name}.mjs"
    path.write_text(bundle.source(name), encoding="utf-8")
    done = subprocess.run([node, "--check", path], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-500:]


def test_the_folder_is_named_by_all_that_is_in_it(monkeypatch):
    named = bundle.version.__wrapped__
    before = named()
    assert bundle.version() == before
    monkeypatch.setattr(bundle, "_sources", lambda: {"chat.js": "changed"})
    assert named() != before


@pytest.mark.parametrize("name", bundle.SHEETS)
def test_only_a_pointer_that_hovers_sees_what_hovering_shows(name):
    """A finger leaves ``:hover`` behind on what it tapped, until it taps elsewhere."""
    others = HOVERING.sub("", bundle.source(f"{name}.css"))
    assert ":hover" not in others
