"""Each catalogue is complete, and can be read as it stands (docs/reference/languages.md)."""

from __future__ import annotations

import gettext
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import translation

from chatwidget.languages import NAMES
from chatwidget.rewording import PLACEHOLDER
from translating import po
from translating.__main__ import TEXTS, begin, merge, missing

CODES = po.codes()
ENTRIES = [(code, entry) for code in CODES for entry in po.read(po.path_of(code))]
# Rooms whose texts nobody has translated yet: none.
UNTRANSLATED_ROOMS = ()
# How a sentence ends, in any script.
ENDS = {
    "।": ".",
    "。": ".",
    "؟": "?",
    "\uff1f": "?",
    "\uff1a": ":",
    "\u00a0:": ":",
    "\u00a0?": "?",
    "\u00a0…": "…",
}
NAMES_OF_CODE = re.compile(r"\b(?:[a-z]+_[a-z_]+|X-[\w-]+|Idempotency-Key|CHATWIDGET)\b")


def is_awaited(entry: po.Entry) -> bool:
    return entry.is_for_visitors or not any(
        place.startswith(UNTRANSLATED_ROOMS) for place in entry.places
    )


def faults(test) -> list[str]:
    return [
        f"{code}: {entry.msgid!r} → {form!r}"
        for code, entry in ENTRIES
        if entry.is_translated
        for form in entry.forms
        if not test(code, entry, form)
    ]


def end_of(text: str) -> str:
    text = text.rstrip("”»“\u2019")
    for own, usual in ENDS.items():
        text = text.removesuffix(own) + usual if text.endswith(own) else text
    return text[-1] if text[-1] in ".?:…!" else ""


def marks(text: str) -> list[str]:
    return sorted(re.findall(r"%%|" + PLACEHOLDER.pattern, text))


def test_there_is_a_catalogue_for_each_language():
    assert {code.replace("_", "-").lower() for code in CODES} == set(NAMES) - {"en"}


def test_nothing_is_untranslated_or_fuzzy():
    lacking = [
        f"{code}: {entry.msgid!r}"
        for code, entry in ENTRIES
        if is_awaited(entry) and not entry.is_translated
    ]
    assert lacking == []
    assert [f"{code}: {entry.msgid!r}" for code, entry in ENTRIES if entry.is_fuzzy] == []


def test_placeholders_are_those_of_the_text():
    def keeps(_code, entry, form):
        wanted = {tuple(marks(entry.msgid)), tuple(marks(entry.plural or entry.msgid))}
        # One, two and none can be said in words.
        return tuple(marks(form)) in wanted or (
            entry.plural and set(marks(form)) <= set(marks(entry.plural))
        )

    assert faults(keeps) == []


def test_names_that_programs_know_stay_as_they_are():
    def keeps(_code, entry, form):
        return set(NAMES_OF_CODE.findall(entry.msgid)) <= set(NAMES_OF_CODE.findall(form))

    assert faults(keeps) == []


def test_no_translation_for_visitors_holds_markup():
    def is_plain(_code, entry, form):
        return not entry.is_for_visitors or not set('<>"&') & set(form)

    assert faults(is_plain) == []


def test_a_translation_ends_as_its_text_does():
    assert faults(lambda _code, entry, form: end_of(form) == end_of(entry.msgid)) == []


def test_a_mark_that_french_sets_apart_never_begins_a_line():
    def stays(code, _entry, form):
        return code != "fr" or not re.search(r" [:;?!»]|« ", form)

    assert faults(stays) == []


def test_no_translation_begins_or_ends_with_a_blank_the_text_has_not():
    def fits(_code, entry, form):
        return (form == form.strip()) == (entry.msgid == entry.msgid.strip()) and "  " not in form

    assert faults(fits) == []


@pytest.mark.parametrize("code", CODES)
def test_no_other_app_says_it_to_visitors_in_its_own_words(code):
    with translation.override(code.replace("_", "-").lower()):
        shown = {e.msgid: translation.gettext(e.msgid) for e in po.read(po.path_of(code))}
    ours = {e.msgid: e.forms[0] for e in po.read(po.path_of(code)) if e.is_for_visitors}
    # A joiner that joins nothing.
    assert {text: shown[text].strip("\u200d") for text in ours} == ours


@pytest.mark.parametrize("code", CODES)
def test_plural_forms_are_all_there(code):
    header = po.path_of(code).read_text(encoding="utf-8").split("\n\n")[0]
    number = int(header.partition("nplurals=")[2][0])
    for entry in po.read(po.path_of(code)):
        assert len(entry.forms) == (number if entry.plural else 1), entry.msgid


@pytest.mark.parametrize("code", CODES)
def test_what_django_reads_is_what_the_translators_wrote(code):
    compiled = po.path_of(code).with_suffix(".mo")
    with compiled.open("rb") as file:
        catalogue = gettext.GNUTranslations(file)
    for entry in po.read(po.path_of(code)):
        if entry.is_translated and not entry.plural:
            text = f"{entry.context}\x04{entry.msgid}" if entry.context else entry.msgid
            assert catalogue.gettext(text) == entry.forms[0], "run scripts/messages"


def test_the_list_of_texts_that_admins_choose_from_is_up_to_date():
    texts = {entry.msgid for entry in po.read(po.path_of("fr")) if entry.is_for_visitors}
    assert set(json.loads(TEXTS.read_text(encoding="utf-8"))) == texts


@pytest.mark.slow
@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed")
def test_the_catalogues_know_each_text_of_the_code(tmp_path):
    app = tmp_path / "chatwidget"
    shutil.copytree(po.LOCALE.parent, app, ignore=shutil.ignore_patterns("*.pyc", "locale"))
    (app / "locale").mkdir()
    options = ["--no-wrap", "--keep-pot", "--locale", "fr"]
    command = [sys.executable, "-P", "-m", "django", "makemessages", *options]
    environment = {**os.environ, "PYTHONPATH": ""}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    subprocess.run(command, cwd=app, env=environment, check=True, capture_output=True)
    written = {entry.msgid for entry in po.read(app / "locale/django.pot")}
    known = {entry.msgid for entry in po.read(po.path_of("fr"))}
    assert written == known, "run scripts/messages"


PO = """msgid ""
msgstr ""
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"

#: views/base.py
#, fuzzy, python-format
#| msgid "Hi %(name)s"
msgid "Hello %(name)s"
msgstr "Hallo"

#: admin/forms.py
#, fuzzy
msgid ""
"Say \\"hi\\"\\n"
"twice"
msgstr ""

#, python-format
msgctxt "time"
msgid "%(n)d day"
msgid_plural "%(n)d days"
msgstr[0] ""
msgstr[1] ""
"""


@pytest.fixture
def catalogue(tmp_path, monkeypatch) -> Path:
    monkeypatch.setattr(po, "LOCALE", tmp_path)
    path = po.path_of("de")
    path.parent.mkdir(parents=True)
    path.write_text(PO)
    return path


def test_a_catalogue_is_read_with_its_places_and_marks(catalogue):
    hello, say, days = po.read(catalogue)
    assert (hello.msgid, hello.is_fuzzy, hello.is_for_visitors) == ("Hello %(name)s", True, True)
    assert (say.msgid, say.is_for_visitors) == ('Say "hi"\ntwice', False)
    assert (days.plural, days.forms, days.is_translated) == ("%(n)d days", ["", ""], False)


@pytest.mark.skipif(not shutil.which("msgfmt"), reason="gettext is not installed")
def test_what_is_missing_can_be_filled_in_as_json(catalogue, tmp_path, capsys):
    missing("de")
    lacking = json.loads(capsys.readouterr().out)
    assert lacking == {"Hello %(name)s": "", 'Say "hi"\ntwice': "", "time | %(n)d day": ["", ""]}
    words = {
        "Hello %(name)s": "Hallo %(name)s",
        'Say "hi"\ntwice': 'Sag zweimal\n"hi"',
        "time | %(n)d day": ["%(n)d Tag", "%(n)d Tage"],
        "Gone": "Weg",
    }
    (tmp_path / "words.json").write_text(json.dumps(words))
    merge("de", str(tmp_path / "words.json"))
    assert "No such text: 'Gone'" in capsys.readouterr().err
    entries = po.read(catalogue)
    assert all(entry.is_translated for entry in entries)
    assert entries[1].forms == ['Sag zweimal\n"hi"']
    assert "#, python-format\nmsgid" in catalogue.read_text()
    with catalogue.with_suffix(".mo").open("rb") as file:
        assert gettext.GNUTranslations(file).npgettext("time", "%(n)d day", "", 2) == "%(n)d Tage"


def test_what_gettext_guessed_is_emptied(catalogue):
    po.clear_guesses(catalogue)
    assert [(entry.forms, entry.is_fuzzy) for entry in po.read(catalogue)][:1] == [([""], False)]


def test_a_wrong_number_of_forms_is_refused(catalogue):
    with pytest.raises(ValueError, match=r"takes 2 form"):
        po.fill(catalogue, {"time | %(n)d day": "Tag"})


def test_a_new_language_begins_with_an_empty_catalogue(catalogue):
    begin("nl", "nplurals=2; plural=(n != 1);")
    assert po.codes() == ["de", "nl"]
    assert po.read(po.path_of("nl")) == []
