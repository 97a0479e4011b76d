"""Widgets as JSON: out without secrets, in as a whole or not at all; and clones."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from chatwidget.models import ChatServer, Widget
from tests.fixtures import make_widget

LIST = "admin:chatwidget_widget_changelist"
IMPORT = "admin:chatwidget_widget_import"


def export(client: Client, *widgets: Widget) -> str:
    sent = {"action": "export", "_selected_action": [each.pk for each in widgets]}
    return client.post(reverse(LIST), sent).text


def bring(client: Client, document: object, **fields: Any) -> Any:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    file = SimpleUploadedFile("widgets.json", body, content_type="application/json")
    return client.post(reverse(IMPORT), {"document": file, **fields})


def row(server: ChatServer, **fields: object) -> dict[str, object]:
    """What is least of a widget in a document."""
    chatbot = "183312ac-cbe5-4c91-9e7b-d9df96b088e4"
    least = {"name": "Shop", "slug": "shop", "chatbot_id": chatbot, "server": server.name}
    return {**least, **fields}


def faults(response: Any) -> str:
    return " ".join(response.context["form"].errors.get("document", []))


def test_what_goes_out_comes_in_again_as_a_new_widget(admin_client, server):
    widget = make_widget(
        server,
        title="Ask “us”",
        welcome_messages=["Hello.", "¿Qué tal?"],
        allowed_origins=["https://*.example.com"],
        daily_budget=10,
    )
    response = bring(admin_client, json.loads(export(admin_client, widget)))
    assert response.status_code == 302
    copy = Widget.objects.exclude(pk=widget.pk).get()
    assert copy.public_id != widget.public_id
    assert copy.slug == f"{widget.slug}-2"
    for name in ("title", "welcome_messages", "allowed_origins", "daily_budget", "chatbot_id"):
        assert getattr(copy, name) == getattr(widget, name)


def test_no_secret_goes_out(admin_client, server):
    widget = make_widget(server)
    widget.set_identity_secret("identity-marked")
    widget.save()
    said = export(admin_client, widget)
    for secret in ("marked", str(widget.public_id), "encrypted"):
        assert secret not in said


def test_a_server_of_another_name_is_chosen(admin_client, server):
    document = json.loads(export(admin_client, make_widget(server)))
    document["widgets"][0]["server"] = "Elsewhere"
    assert "There is no server “Elsewhere” here." in faults(bring(admin_client, document))
    assert bring(admin_client, document, server=server.pk).status_code == 302
    assert Widget.objects.count() == 2


Change = Callable[[dict[str, Any]], object]


def _with(**fields: object) -> Change:
    return lambda d: {**d, "widgets": [d["widgets"][0] | fields]}


REFUSED: dict[str, tuple[Change, str]] = {
    "broken": (lambda d: b"{", "no JSON"),
    "binary": (lambda d: b"\xff\xfe", "no JSON"),
    "deep": (lambda d: b"[" * 100_000, "no JSON"),
    "list": (lambda d: [d], "holds no widgets"),
    "format": (lambda d: {**d, "format": "other"}, "holds no widgets"),
    "version": (lambda d: {**d, "version": 2}, "of version 2"),
    "none": (lambda d: {**d, "widgets": []}, "1 to 1000"),
    "many": (lambda d: {**d, "widgets": d["widgets"] * 1001}, "1 to 1000"),
    "text": (lambda d: {**d, "widgets": "many"}, "1 to 1000"),
    "number": (lambda d: {**d, "widgets": [*d["widgets"], 7]}, "2: This is no widget."),
    "unknown": (_with(public_id="x"), "Unknown: public_id"),
    "colour": (_with(accent="red"), "such as #1f6f5c"),
    "chatbot": (_with(chatbot_id="x"), "valid UUID"),
    "slug": (_with(slug="a b"), "1: slug: Enter a valid"),
    "budget": (_with(daily_budget="x"), "1: daily_budget: “x” value must be an integer"),
    "null": (_with(title=None), "1: title: This field cannot be null."),
    "infinity": (_with(daily_budget=float("inf")), "no JSON"),
    "no number": (_with(hours=[float("nan")]), "no JSON"),
    "half a pair": (_with(title="\ud800"), "no JSON"),
    "half a pair in a row": (
        _with(words=[{"language": "", "text": "Send", "words": "\udfff"}]),
        "no JSON",
    ),
    "a number beyond Python's": (lambda d: b'{"format": 1e999}', "no JSON"),
    "after all times": (_with(banner_from="9999-12-31T23:59:59-23:59"), "1: banner_from: “9999"),
    "before all times": (_with(banner_until="0001-01-01T00:00:00+23:59"), "1: banner_until: “0001"),
    "a time without a zone": (
        _with(banner_from="2026-01-02T00:00", banner_until="2026-01-01T00:00Z"),
        "1: banner_until: ",
    ),
    "time": (_with(banner_from=7), "1: banner_from: “7” value has an invalid format"),
    "both": (_with(daily_budget=0, accent="red"), "daily_budget: "),
    "whole": (
        _with(banner_from="2026-01-02T00:00Z", banner_until="2026-01-01T00:00Z"),
        "1: banner_until: ",
    ),
    "null in a text": (_with(title="a\0b"), "1: title: Null characters are not allowed."),
    "null in a list": (_with(welcome_messages=["a", "\0"]), "1: welcome_messages: Null characters"),
    "null in a row": (
        _with(words=[{"language": "", "text": "\0", "words": "a"}]),
        "1: words: Null characters",
    ),
    "large": (lambda d: b" " * (8 * 1024 * 1024 + 1), "larger than 8 MB"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_work_is_refused_as_a_whole(admin_client, server, case):
    change, words = REFUSED[case]
    document = json.loads(export(admin_client, make_widget(server)))
    response = bring(admin_client, change(document))
    assert words in faults(response)
    assert Widget.objects.count() == 1


@pytest.mark.parametrize(
    "value", [None, [], {}, [[]], [{}], {"a": 1}, 7, -1, 1e300, "", "\0", True]
)
def test_a_value_of_another_kind_is_refused_or_understood(admin_client, server, value):
    """Whatever stands in a field: words for it, or a widget that can be stored and exported."""
    document = json.loads(export(admin_client, make_widget(server)))
    [row] = document["widgets"]
    rows = [row | {field: value} for field in row]
    said = bring(admin_client, {**document, "widgets": rows}).context["form"].errors["document"]
    refused = {int(words.partition(":")[0]) - 1 for words in said}
    good = [each for number, each in enumerate(rows) if number not in refused]
    if good:
        assert bring(admin_client, {**document, "widgets": good}).status_code == 302
    stored = json.loads(export(admin_client, *Widget.objects.all()))["widgets"]
    assert len(stored) == 1 + len(good)
    assert {type(each["welcome_messages"]) for each in stored} == {list}


def test_without_a_file_it_asks_for_one(admin_client, db):
    response = admin_client.post(reverse(IMPORT), {})
    assert "This field is required." in response.text


def test_the_list_leads_to_the_import(admin_client, server):
    assert reverse(IMPORT) in admin_client.get(reverse(LIST)).text
    assert "As “Export as JSON” made it." in admin_client.get(reverse(IMPORT)).text


def test_who_may_add_and_not_look_imports_and_goes_to_a_page_they_may_see(make_admin, server):
    document = {"format": "chatwidget.widgets", "version": 1, "widgets": [row(server)]}
    client = make_admin("add_widget")
    assert client.get(reverse(IMPORT)).text.count(reverse(LIST) + '"') == 0
    response = bring(client, document)
    assert Widget.objects.count() == 1
    assert response["Location"] == reverse("admin:index")
    assert client.get(response["Location"]).status_code == 200


def test_many_of_one_slug_are_numbered_with_one_look_at_those_there_are(
    admin_client, server, django_assert_max_num_queries
):
    make_widget(server, slug="SHOP")
    rows = [row(server, slug="shop") for _each in range(20)]
    document = {"format": "chatwidget.widgets", "version": 1, "widgets": rows}
    with django_assert_max_num_queries(20 * 4 + 12):
        bring(admin_client, document)
    numbered = [f"shop-{number}" for number in range(2, 22)]
    assert sorted(Widget.objects.values_list("slug", flat=True)) == sorted(["SHOP", *numbered])


def test_who_may_not_add_does_not_import_or_clone(make_admin, widget):
    client = make_admin("view_widget")
    assert client.get(reverse(IMPORT)).status_code == 403
    client.post(reverse(LIST), {"action": "clone", "_selected_action": [widget.pk]})
    assert Widget.objects.count() == 1


@pytest.mark.parametrize("readers", [False, True])
def test_who_may_not_read_transcripts_imports_no_open_chats(make_admin, server, readers):
    widget = make_widget(server, allows_seed_clients=True)
    client = make_admin("add_widget", "view_widget", *(["read_transcript"] if readers else []))
    assert bring(client, json.loads(export(client, widget))).status_code == 302
    assert Widget.objects.exclude(pk=widget.pk).get().allows_seed_clients == readers


@pytest.mark.parametrize("readers", [False, True])
def test_who_may_not_read_transcripts_clones_no_open_chats(make_admin, server, readers):
    widget = make_widget(server, allows_seed_clients=True)
    client = make_admin("add_widget", "view_widget", *(["read_transcript"] if readers else []))
    client.post(reverse(LIST), {"action": "clone", "_selected_action": [widget.pk]})
    assert Widget.objects.exclude(pk=widget.pk).get().allows_seed_clients == readers


def test_a_clone_is_paused_and_has_an_id_and_slug_of_its_own(admin_client, server):
    widget = make_widget(server, slug="tea", title="Tea", welcome_messages=["Hello."])
    for _click in range(2):
        admin_client.post(reverse(LIST), {"action": "clone", "_selected_action": [widget.pk]})
    copies = list(Widget.objects.exclude(pk=widget.pk).order_by("pk"))
    assert [copy.slug for copy in copies] == ["tea-2", "tea-3"]
    assert {copy.name for copy in copies} == {"Shop (copy)"}
    assert {(copy.title, copy.is_active) for copy in copies} == {("Tea", False)}
    assert len({widget.public_id, *(copy.public_id for copy in copies)}) == 3
    assert ChatServer.objects.count() == 1
