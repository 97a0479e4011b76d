"""The chat, its fragments, its plain twin and its loader agree on a language."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from chatwidget import drafts
from chatwidget.models import Widget
from tests.fixtures import make_widget


def address(name: str, widget: Widget) -> str:
    return reverse(f"chatwidget:{name}", args=[widget.public_id])


def page(client: Client, widget: Widget, query: str = "", **headers: str) -> str:
    return str(client.get(address("page", widget) + query, headers=headers).text)


def spoken(html: str) -> tuple[str, ...]:
    found = re.search(r'<html lang="([^"]*)" dir="([^"]*)"', html)
    assert found
    return found.groups()


def fragment(client: Client, widget: Widget, language: str, **headers: str) -> str:
    """What a page says for a blank message, asked as that page asks."""
    asked = {"HX-Request": "true", "X-Chat-Language": language, **headers}
    return str(client.post(address("messages", widget), {"message": " "}, headers=asked).text)


def loader_config(client: Client, widget: Widget, query: str = "") -> Any:
    script = client.get(address("embed", widget) + query).text
    return json.JSONDecoder().raw_decode(script, script.index("{", script.index("baked=")))[0]


def test_a_chat_is_in_the_language_of_the_browser(client, widget):
    html = page(client, widget, Accept_Language="es-MX,es;q=0.9")
    assert spoken(html) == ("es-mx", "ltr")
    assert "Escribe un mensaje" in html


def test_a_page_names_its_language_before_anybody(client, server):
    widget = make_widget(server, language="fr")
    assert spoken(page(client, widget, Accept_Language="es")) == ("fr", "ltr")
    html = page(client, widget, "?language=ar-EG,en", Accept_Language="es")
    assert spoken(html) == ("ar-EG", "rtl")
    assert "اكتب رسالة" in html


def test_caches_know_that_the_page_differs_by_language(client, widget):
    assert "Accept-Language" in client.get(address("page", widget))["Vary"]
    assert "Accept-Language" in client.get(address("plain", widget))["Vary"]


def test_what_the_page_sends_on_gets_fragments_in_its_language(client, server, api):
    widget = make_widget(server, language="fr")
    html = page(client, widget, "?language=zh-TW", Accept_Language="es")
    (headers,) = re.findall(r"<body[^>]*hx-headers='([^']*)'", html)
    sent = json.loads(headers)["X-Chat-Language"]
    assert sent == "zh-Hans"
    assert "请先输入消息。" in fragment(client, widget, sent, Accept_Language="es")


def test_a_page_that_nobody_named_a_language_for_sends_none_on(client, widget):
    assert "X-Chat-Language" not in page(client, widget, "?language=es-ES,en", Accept_Language="es")


def test_a_language_that_is_none_changes_nothing(client, widget):
    html = page(client, widget, '?language=x"><script>', Accept_Language="tlh")
    assert spoken(html) == ("en-us", "ltr")


def test_a_cookie_of_the_sites_changes_nothing(client, widget, settings):
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    assert spoken(page(client, widget)) == ("en-us", "ltr")


def test_the_plain_page_keeps_its_language_through_a_post_and_a_reload(client, widget, api):
    assert f"{address('plain', widget)}?language=de" in page(client, widget, "?language=de")
    plain = address("plain", widget) + "?language=de"
    api.answer = "Ja."
    assert spoken(client.get(plain).text) == ("de", "ltr")
    response = client.post(plain, {"message": "Hallo?"})
    assert response["Location"] == plain
    html = client.get(response["Location"]).text
    assert "Nachricht schreiben" in html


def test_an_unavailable_chat_is_so_in_the_visitors_language(client, server):
    widget = make_widget(server, is_active=False)
    assert "Dieser Chat ist zurzeit nicht verfügbar." in page(client, widget, "?language=de")


def test_a_widgets_words_stand_in_its_page_its_fragments_and_its_loader(client, server):
    rows = [("Type a message first.", "Tell us first."), ("Ask us", "Ask the team")]
    widget = make_widget(
        server,
        title="Ask us",
        subtitle="Shop",
        words=[
            *({"language": "", "text": text, "words": words} for text, words in rows),
            {"language": "es", "text": "Send", "words": "Mandar"},
            {"language": "es", "text": "Try again", "words": "Otra vez"},
        ],
    )
    html = page(client, widget, "?language=es")
    assert 'aria-label="Mandar"' in html
    assert "<h1>Ask the team</h1>" in html
    assert "Tell us first." in fragment(client, widget, "es")
    config = loader_config(client, widget)
    assert config["title"] == "Ask the team"
    assert config["own"]["es"] == {"open": "Abrir chat: Ask the team", "retry": "Otra vez"}


OWN = "In own words"


@pytest.mark.parametrize(
    "fields",
    [
        {"banner": OWN},
        {"is_read_only": True, "read_only_words": OWN},
        {"hours": ["Mon closed"], "closed_words": OWN},
        {"hours": ["Mon closed"], "closed_words": OWN, "takes_messages_closed": False},
        {"asks_name": "required", "form_words": OWN},
        {"form_questions": [f"topic | {OWN} | choice | a; b"]},
        {"form_questions": [f"topic | Topic | choice | {OWN}; b"], "asks_name": "no"},
        {"consent_text": OWN, "consent_version": "1"},
        {"is_active": False, "paused_words": OWN},
    ],
    ids=lambda fields: "-".join(fields),
)
def test_what_the_admin_says_to_visitors_can_be_said_by_language(client, server, fields):
    words = [{"language": "es", "text": OWN, "words": "En mis palabras"}]
    widget = make_widget(server, words=words, **fields)
    assert "En mis palabras" in page(client, widget, "?language=es")
    html = page(client, widget, "?language=de")
    assert OWN in html
    assert "En mis palabras" not in html


def test_the_loader_speaks_the_widgets_language_or_the_sites(client, server):
    widget = make_widget(server, title="Shop")
    assert loader_config(client, widget)["lang"] == "en"
    assert "language" not in loader_config(client, widget)["options"]
    assert "own" not in loader_config(client, widget)
    config = loader_config(client, make_widget(server, title="Shop", language="ar"))
    assert (config["lang"], config["dir"]) == ("ar", "rtl")
    assert config["options"]["language"] == "ar"
    assert config["words"]["close"] == "إغلاق المحادثة"


def test_the_address_of_a_loader_may_name_its_language(client, widget):
    response = client.get(address("embed", widget) + "?language=hi")
    assert response["Vary"] == "Accept-Encoding"
    assert loader_config(client, widget, "?language=hi")["lang"] == "hi"


@pytest.mark.parametrize(
    ("asked", "says"),
    [("bn", '"retry":"আবার চেষ্টা করুন"'), ("nl,de-CH,en", '"lang":"de"'), ("nl", '"lang":"en"')],
)
def test_the_rest_of_the_loader_takes_the_first_language_that_the_visitor_reads(
    client, asked, says
):
    response = client.get(reverse("chatwidget:more"), {"language": asked})
    assert says in response.text
    assert response["Vary"] == "Accept-Encoding"


def test_a_greeting_is_in_the_words_and_the_language_of_its_widget(client, server):
    words = [{"language": "de", "text": "Hello", "words": "Guten Tag"}]
    widget = make_widget(server, greeting="Hello", words=words)
    assert '"text":"Hello","dismiss":"Close this"' in client.get(address("greeting", widget)).text
    german = client.get(address("greeting", widget), {"language": "de-AT"}).text
    assert '"text":"Guten Tag","dismiss":"Schließen"' in german


@override_settings(USE_I18N=False, LANGUAGE_CODE="de")
def test_a_site_without_translations_has_an_english_chat_that_says_so(client, widget):
    html = page(client, widget, "?language=ar", Accept_Language="ar")
    assert spoken(html) == ("en", "ltr")
    assert "Write a message" in html


def test_a_preview_shows_the_language_and_the_words_of_its_draft(client, server):
    words = [{"language": "", "text": "Send", "words": "Los"}]
    draft = drafts.sign(Widget(title="Shop", language="de", words=words), "light")
    html = client.get(reverse("chatwidget:preview-page", args=[draft, Widget().public_id])).text
    assert spoken(html) == ("de", "ltr")
    assert 'aria-label="Los"' in html
