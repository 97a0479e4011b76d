from __future__ import annotations

import pytest
from django.template import Context, Template
from django.test import override_settings
from django.utils.translation import get_language, gettext, gettext_lazy, ngettext

from chatwidget import languages
from chatwidget.languages import Language, chosen, fitting, reworded, speaking

GERMAN = Language("de", "de")
LAZY = gettext_lazy("Send")


def row(text: str, words: str, language: str = "") -> dict[str, str]:
    return {"language": language, "text": text, "words": words}


@pytest.mark.parametrize(
    ("asked", "code", "tag"),
    [
        ("de", "de", "de"),
        ("pt-BR", "pt", "pt-BR"),
        ("EN-gb", "en", "EN-gb"),
        ("zh", "zh-hans", "zh-Hans"),
        ("zh-TW,en", "zh-hans", "zh-Hans"),
        ("nl, sv, fr-CA, de", "fr", "fr-CA"),
    ],
)
def test_the_first_language_of_ours_is_taken_with_its_region(asked, code, tag):
    assert fitting(asked) == Language(code, tag)


@pytest.mark.parametrize("asked", ["", "nl", "tlh,x", "de<script>", 'de"', "de;q=1", "x" * 999])
def test_what_is_no_language_of_ours_is_none(asked):
    assert fitting(asked) is None


def test_the_page_counts_more_than_the_widget_the_browser_and_the_site():
    asked = {"page": "nl,es", "widget": "fr", "browser": "sw;q=0.5, it-CH, *"}
    assert chosen(**asked).tag == "es"
    assert chosen(**asked | {"page": "nl"}).tag == "fr"
    assert chosen(**asked | {"page": "", "widget": ""}).tag == "it-ch"
    with override_settings(LANGUAGE_CODE="uk"):
        assert chosen(browser="nl").tag == "uk"


def test_the_site_may_speak_a_language_that_it_brings_the_words_for():
    with override_settings(LANGUAGE_CODE="he"):
        assert chosen() == Language("he", "he")
        assert chosen().direction == "rtl"


def test_a_site_without_translations_speaks_english_and_says_so():
    with override_settings(USE_I18N=False, LANGUAGE_CODE="ar"):
        assert chosen(page="de", widget="fr", browser="es") == languages.ENGLISH
        assert languages.spoken() == languages.ENGLISH
        with speaking(chosen(), [row("Send", "Off it goes")]):
            assert languages.spoken().direction == "ltr"


@override_settings(LANGUAGES=[("en", "English")], LANGUAGES_BIDI=[])
def test_what_the_site_lists_does_not_matter():
    with speaking(Language("ar", "ar-EG")):
        assert gettext("Send") == "إرسال"
        assert languages.spoken().direction == "rtl"


def test_the_language_before_is_back_afterwards():
    before = get_language()
    with speaking(GERMAN, [row("Send", "Los")]), speaking(Language("fr", "fr")):
        assert gettext("Send") == "Envoyer"
    assert get_language() == before
    assert gettext("Send") == "Send"
    assert languages.spoken().code == "en"


def test_a_widgets_words_stand_wherever_the_apps_do():
    with speaking(GERMAN, [row("Send", "Los"), row("%(title)s is writing", "Da kommt %(title)s")]):
        assert gettext("Send") == "Los"
        assert str(LAZY) == "Los"
        assert gettext("Close chat") == "Chat schließen"
        template = (
            "{% load i18n %}{% translate 'Send' %} {% blocktranslate %}{{ title }} is writing"
        )
        shown = Template(template + "{% endblocktranslate %}").render(Context({"title": "<i>"}))
        assert shown == "Los Da kommt &lt;i&gt;"


def test_words_for_one_language_count_more_than_words_for_all():
    rows = [row("Send", "Los", "de"), row("Send", "Go"), row("Send", "Allez", "fr")]
    with speaking(GERMAN, rows):
        assert gettext("Send") == "Los"
    with speaking(languages.ENGLISH, rows):
        assert gettext("Send") == "Go"


def test_markup_in_a_widgets_words_is_none_in_the_page():
    with speaking(GERMAN, [row("Send", '<b onclick="x">Los')]):
        shown = Template("{% load i18n %}{% translate 'Send' %}").render(Context())
    assert not set(shown) & set('<>"')
    assert "Los" in shown


def test_plural_forms_are_those_of_the_language():
    with speaking(GERMAN, [row("Send", "Los")]):
        assert ngettext("one", "many", 2) == "many"


def test_a_widgets_own_texts_can_be_said_otherwise():
    assert reworded("Ask us") == "Ask us"
    with speaking(GERMAN, [row("Ask us", "Fragen Sie uns", "de")]):
        assert reworded("Ask us") == "Fragen Sie uns"
        assert reworded("Shop") == "Shop"
