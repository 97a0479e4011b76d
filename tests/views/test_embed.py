from __future__ import annotations

import gzip
import importlib
import json
import random
import re
import sys
import uuid

import brotli
import pytest
from django.test import override_settings
from django.urls import reverse

from chatwidget import bundle, encodings, loading, theme
from chatwidget.models import Widget

pytestmark = pytest.mark.django_db


@pytest.fixture
def widget(widget):
    widget.title = "Ask us"
    widget.save()
    return widget


def address(widget):
    return reverse("chatwidget:embed", args=[widget.public_id])


def script(client, widget):
    return client.get(address(widget)).content.decode()


def test_the_loader_is_a_script_for_any_site_and_any_cache(client, widget):
    response = client.get(address(widget))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=300, stale-while-revalidate=86400"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert re.fullmatch(r'"[0-9a-f]{32}"', response["ETag"])
    assert not response.cookies


def test_it_varies_on_the_encoding_alone_whoever_asks(client, admin_client, widget):
    with override_settings(SESSION_SAVE_EVERY_REQUEST=True):
        answers = [
            asked.get(address(widget), headers={"Accept-Language": language})
            for asked in (client, admin_client)
            for language in ("de", "ar")
        ]
    assert {answer["Vary"] for answer in answers} == {"Accept-Encoding"}
    assert {answer["Content-Language"] for answer in answers} == {"en-us"}
    assert len({answer.content for answer in answers}) == 1


def test_its_words_are_in_the_language_of_the_site(client, widget):
    with override_settings(LANGUAGE_CODE="ar"):
        text = script(client, widget)
    assert '"lang":"ar","dir":"rtl"' in text


def test_it_holds_the_config_and_no_comment(client, widget):
    text = script(client, widget)
    assert f'"id":"{widget.public_id}","title":"Ask us"' in text
    assert '"open":"Open chat: Ask us"' in text
    assert loading.CONFIG not in text
    assert not loading.STYLES.search(text)
    assert "/*" not in text
    assert "\n " not in text


def test_its_colours_are_those_of_the_chat_page(client, widget):
    widget.accent = "#ffee00"
    widget.save()
    assert theme.loader_css(widget) in script(client, widget)


def test_a_title_cannot_end_the_script_or_a_line(client, widget):
    widget.title = "</script><!--\u2028\u2029\"&'"
    widget.save()
    text = script(client, widget)
    assert r"\u003c/script\u003e\u003c!--\u2028\u2029\"\u0026'" in text
    assert not set("\u2028\u2029") & set(text)


@pytest.mark.parametrize(
    ("header", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5, br;q=0", "gzip"),
        ("br;q=0.000, identity", None),
        ("", None),
    ],
)
def test_it_comes_in_the_smallest_encoding_that_the_browser_takes(client, widget, header, encoding):
    plain = client.get(address(widget))
    response = client.get(address(widget), headers={"Accept-Encoding": header})
    unpack = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}[encoding]
    assert response.get("Content-Encoding") == encoding
    assert unpack(response.content) == plain.content
    assert (response["ETag"] == plain["ETag"]) == (encoding is None)


def test_without_brotli_it_comes_gzipped(monkeypatch):
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "brotli", None)
        importlib.reload(encodings)
        best = encodings.encode(b"text").best({"br", "gzip"})
    importlib.reload(encodings)
    assert best.name == "gzip"


def test_it_is_compressed_once(client, widget, monkeypatch):
    made = []

    def encode(body):
        made.append(body)
        return encodings.encode(body)

    monkeypatch.setattr(loading, "encode", encode)
    for _ in range(3):
        client.get(address(widget))
    assert len(made) == 1


def test_it_costs_one_query(client, widget, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get(address(widget))


def test_a_copy_that_is_still_good_is_not_sent_again(client, widget):
    first = client.get(address(widget), headers={"Accept-Encoding": "br"})
    headers = {"Accept-Encoding": "br", "If-None-Match": first["ETag"], "Accept-Language": "de"}
    response = client.get(address(widget), headers=headers)
    assert response.status_code == 304
    assert response.content == b""
    kept = ("ETag", "Vary", "Cache-Control", "Cross-Origin-Resource-Policy")
    assert [response[name] for name in kept] == [first[name] for name in kept]
    assert "Content-Encoding" not in response


def test_another_encoding_is_another_copy(client, widget):
    first = client.get(address(widget), headers={"Accept-Encoding": "br"})
    headers = {"Accept-Encoding": "gzip", "If-None-Match": first["ETag"]}
    assert client.get(address(widget), headers=headers).status_code == 200


def test_a_change_of_the_config_makes_a_new_copy(client, widget):
    first = client.get(address(widget))
    widget.title = "Ask again"
    widget.save()
    response = client.get(address(widget), headers={"If-None-Match": first["ETag"]})
    assert response.status_code == 200
    assert "Ask again" in response.content.decode()


def test_head_has_the_headers_and_no_body(client, widget):
    response = client.head(address(widget))
    assert response.status_code == 200
    assert response.content == b""
    assert response["ETag"] == client.get(address(widget))["ETag"]


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options"])
def test_no_other_method_is_known(widget, method, client):
    client.handler.enforce_csrf_checks = True
    assert getattr(client, method)(address(widget)).status_code == 405


@pytest.mark.parametrize("paused", [True, False])
def test_a_widget_that_is_not_there_draws_nothing_and_says_so(client, widget, paused):
    if paused:
        Widget.objects.update(is_active=False)
    else:
        widget.public_id = uuid.uuid4()
    response = client.get(address(widget))
    assert response.status_code == 200
    assert response["Content-Type"] == "text/javascript; charset=utf-8"
    assert response["Cache-Control"] == "no-store"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.content.decode() == (
        f'console.warn("[chatwidget] Widget {widget.public_id} is unknown or paused: '
        'nothing drawn.");'
    )


def test_it_never_repeats_the_host_that_was_asked(client, widget):
    with override_settings(ALLOWED_HOSTS=["*"]):
        response = client.get(address(widget), headers={"Host": "evil.example"})
    assert "evil.example" not in response.content.decode()


def test_a_login_wall_lets_it_through(client, widget, settings):
    settings.MIDDLEWARE = [
        *settings.MIDDLEWARE,
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
    ]
    assert client.get(address(widget)).status_code == 200


@pytest.mark.parametrize("greeting", ["", "Looking for a book? Ask us anything about our shelves."])
def test_it_stays_within_its_budget_whatever_its_id(client, widget, greeting):
    widget.greeting, widget.greeting_paths = greeting, ["/shop*", "/pricing"]
    # An id packs well or badly, by some 30 bytes; the same ones each time.
    for number in range(20):
        widget.public_id = uuid.UUID(int=random.Random(number).getrandbits(128), version=4)
        widget.save()
        response = client.get(address(widget), headers={"Accept-Encoding": "br"})
        assert len(response.content) <= 4096


def test_a_browser_is_told_to_compile_it_while_it_comes(client, widget):
    # The hint counts in the first line alone.
    for text in (script(client, widget), loading.loader_source()):
        assert text.startswith("//# allFunctionsCalledOnLoad\n")


def test_only_a_widget_that_greets_has_what_greets(client, widget):
    assert "greet" not in script(client, widget)
    widget.greeting, widget.greeting_paths = "Looking for a book?", ["/shop*"]
    widget.save()
    text = script(client, widget)
    assert '"greeting":{"delay":5,"paths":"^(/shop.*)$"}' in text
    assert "greeting.js" in text


@pytest.mark.parametrize(
    ("paths", "fitting", "other"),
    [
        ([], ["/", "/any"], []),
        (["/shop"], ["/shop"], ["/shop/", "/a/shop", "/shops"]),
        (["/a.b/(c)+$*", "/x"], ["/a.b/(c)+$", "/a.b/(c)+$/d", "/x"], ["/axb/(c)+$", "/"]),
    ],
)
def test_the_paths_of_a_greeting_are_told_as_a_pattern(widget, paths, fitting, other):
    widget.greeting, widget.greeting_paths = "Hi", paths
    (told,) = re.findall(r"\{.*\}", loading.config_for(widget))
    pattern = json.loads(told)["greeting"]["paths"]
    assert all(re.search(pattern, path) for path in fitting)
    assert not any(re.search(pattern, path) for path in other)


def test_the_pinned_loader_greets_too():
    assert "greeting.js" in loading.loader_source()


def test_the_greeting_is_a_module_of_its_own(client, widget):
    widget.greeting = "Looking for a </script>?"
    widget.save()
    response = client.get(reverse("chatwidget:greeting", args=[widget.public_id]))
    assert response["Cache-Control"] == "public, max-age=300, stale-while-revalidate=86400"
    text = response.content.decode()
    assert '"text":"Looking for a \\u003c/script\\u003e?"' in text
    assert "export default function" in text
    assert "__CHATWIDGET" not in text


@pytest.mark.parametrize("fields", [{"greeting": ""}, {"greeting": "Hi", "is_active": False}])
def test_without_a_greeting_its_module_does_nothing(client, widget, fields):
    Widget.objects.update(**fields)
    response = client.get(reverse("chatwidget:greeting", args=[widget.public_id]))
    assert response.content == b"export default () => {};"
    assert response["Cache-Control"] == "no-store"


def test_the_rest_is_a_module_for_any_site(client, db):
    response = client.get(reverse("chatwidget:more"), headers={"Accept-Encoding": "br"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"
    text = client.get(reverse("chatwidget:more")).content.decode()
    assert "export default function" in text
    assert "Try again" in text
    assert "__CHATWIDGET" not in text


@pytest.mark.parametrize(("name", "does"), [("move", "mover"), ("hold", "hold")])
def test_what_comes_when_it_is_used_is_a_module_for_any_site(client, name, does):
    response = client.get(reverse(f"chatwidget:{name}"))
    assert response["Access-Control-Allow-Origin"] == "*"
    assert f"export default function {does}" in response.content.decode()


def test_a_site_that_saves_each_session_puts_no_cookie_on_it(admin_client, widget):
    with override_settings(SESSION_SAVE_EVERY_REQUEST=True):
        assert not admin_client.get(address(widget)).cookies


def test_a_pinned_loader_is_of_this_version_and_no_other(client):
    version = loading.pinned_version()
    response = client.get(reverse("chatwidget:pinned", args=[version]))
    assert "immutable" in response["Cache-Control"]
    other = client.get(reverse("chatwidget:pinned", args=["another"]))
    assert other.status_code == 404


def asset(client, name, version=None, **headers):
    url = reverse("chatwidget:asset", args=[version or bundle.version(), name])
    return client.get(url, headers=headers)


@pytest.mark.parametrize(
    ("name", "kind"), [("chat.js", "javascript"), ("later.js", "javascript"), ("chat.css", "css")]
)
def test_what_the_chat_page_needs_is_kept_for_good(client, name, kind):
    response = asset(client, name)
    assert response.content.decode() == bundle.source(name)
    assert response["Content-Type"] == f"text/{kind}; charset=utf-8"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_what_the_chat_page_needs_comes_compressed(client):
    response = asset(client, "chat.js", **{"Accept-Encoding": "br"})
    assert response["Content-Encoding"] == "br"
    assert brotli.decompress(response.content).decode() == bundle.source("chat.js")


def test_a_page_of_another_release_gets_what_there_is_and_nobody_keeps_it(client):
    response = asset(client, "chat.js", version="0123456789abcdef")
    assert response.content.decode() == bundle.source("chat.js")
    assert response["Cache-Control"] == "no-store"


@pytest.mark.parametrize("name", ["other.js", "keep.js", "chat.txt", ".."])
def test_nothing_else_is_there(client, name):
    assert asset(client, name).status_code == 404
