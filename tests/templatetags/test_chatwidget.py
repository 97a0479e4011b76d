from __future__ import annotations

import uuid

import pytest
from django.template import Context, Template
from django.test import RequestFactory
from django.urls import set_script_prefix
from django.utils.functional import SimpleLazyObject

from tests.fixtures import make_widget

PUBLIC_ID = "11111111-1111-4111-8111-111111111111"
TAG = '<script src="/chat/11111111-1111-4111-8111-111111111111/embed.js" async></script>'
TAG_WITH_NONCE = TAG.replace(" async", ' async nonce="abc&quot;1"')


class LazyNonce(SimpleLazyObject):  # type: ignore[type-arg]
    """As Django 6 has it: false until somebody reads it."""

    def __bool__(self) -> bool:
        return False


def render(name, **context):
    template = Template("{% load chatwidget %}{% chat_widget name %}")
    return template.render(Context({"name": name, **context}))


@pytest.mark.parametrize("public_id", [PUBLIC_ID, uuid.UUID(PUBLIC_ID)])
def test_a_public_id_gives_the_tag_without_a_query(public_id):
    assert render(public_id) == TAG


def test_a_slug_gives_the_tag_with_one_query(server, django_assert_num_queries):
    make_widget(server, slug="shop", public_id=PUBLIC_ID)
    with django_assert_num_queries(1):
        assert render("shop") == TAG


def test_an_unknown_slug_leaves_the_page_whole_and_a_line_in_the_log(db, caplog):
    assert render("gone") == ""
    assert "no widget has the slug 'gone'" in caplog.text


def test_djangos_own_nonce_is_written():
    assert render(PUBLIC_ID, csp_nonce=LazyNonce(lambda: 'abc"1')) == TAG_WITH_NONCE


def test_the_nonce_of_django_csp_is_written():
    request = RequestFactory().get("/")
    vars(request)["csp_nonce"] = LazyNonce(lambda: 'abc"1')
    assert render(PUBLIC_ID, request=request) == TAG_WITH_NONCE


def test_djangos_own_nonce_is_found_on_the_request_without_its_context_processor(monkeypatch):
    """Stands in for ``django.middleware.csp.get_nonce`` of Django 6.0."""
    request = RequestFactory().get("/")
    nonces = {request: LazyNonce(lambda: 'abc"1')}
    monkeypatch.setattr("chatwidget.templatetags.chatwidget.get_nonce", nonces.get)
    assert render(PUBLIC_ID, request=request) == TAG_WITH_NONCE


def test_a_page_without_a_nonce_gets_none():
    assert render(PUBLIC_ID, request=RequestFactory().get("/"), csp_nonce=None) == TAG


def test_it_works_below_a_script_name():
    set_script_prefix("/site/")
    try:
        assert '"/site/chat/11111111' in render(PUBLIC_ID)
    finally:
        set_script_prefix("/")


def test_the_language_of_the_page_goes_along():
    source = '{% load chatwidget %}{% chat_widget name language="de-AT,en" %}'
    written = Template(source).render(Context({"name": PUBLIC_ID, "csp_nonce": "abc"}))
    assert written == TAG.replace(" async", ' async data-language="de-AT,en" nonce="abc"')


def test_a_language_that_holds_markup_stays_an_attribute():
    source = "{% load chatwidget %}{% chat_widget name language=lang %}"
    written = Template(source).render(Context({"name": PUBLIC_ID, "lang": '"><b>'}))
    assert written == TAG.replace(" async", ' async data-language="&quot;&gt;&lt;b&gt;"')
    assert Template(source).render(Context({"name": PUBLIC_ID})) == TAG
