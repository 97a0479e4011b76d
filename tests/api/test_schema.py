from __future__ import annotations

import json
import os
import re
import threading
from pathlib import Path

import pytest
import yaml
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.renderers import OpenApiYamlRenderer
from drf_spectacular.settings import SPECTACULAR_DEFAULTS, spectacular_settings
from drf_spectacular.validation import validate_schema

from chatwidget.api import schema
from chatwidget.api.serializers import KEY_PATTERN

SNAPSHOT = Path(__file__).with_name("schema.yaml")
CONTRACT = {
    "ChatStartSessionRequest",
    "ChatStartSessionResponse",
    "ChatSendMessageRequest",
    "ChatSendMessageResponse",
    "ChatTaskPoll",
    "ChatTaskPollStatusEnum",
    "ChatTaskPollError",
    "ChatPollResponse",
    "Message",
}


@pytest.fixture(autouse=True)
def fresh():
    schema._document.cache_clear()
    yield
    schema._document.cache_clear()


def test_the_schema_is_the_one_kept():
    made = OpenApiYamlRenderer().render(schema.document()).decode()
    if os.environ.get("UPDATE_SCHEMA"):
        SNAPSHOT.write_text(made)
    assert made == SNAPSHOT.read_text(), (
        "The schema changed. If it should, run UPDATE_SCHEMA=1 pytest tests/api/test_schema.py "
        "and commit tests/api/schema.yaml with a line in the changelog."
    )


def test_it_is_valid_openapi_and_made_without_a_warning(capsys):
    validate_schema(schema.document())
    assert not GENERATOR_STATS
    assert capsys.readouterr().err == ""


def test_the_contracts_names_are_in_it():
    made = schema.document()
    assert set(made["components"]["schemas"]) >= CONTRACT
    operations = [each for methods in made["paths"].values() for each in methods.values()]
    assert all(each["tags"] == ["Chat"] for each in operations)
    assert len({each["operationId"] for each in operations}) == len(operations) == 6
    assert "X-Session-Token" in str(made["components"]["securitySchemes"])


def operations():
    for methods in schema.document()["paths"].values():
        for operation in methods.values():
            yield operation["operationId"], operation


def test_it_says_where_a_header_is_read():
    read = {
        name: {each["name"]: each["schema"] for each in operation["parameters"]}
        for name, operation in operations()
    }
    assert all("X-Chat-Identity" in headers for headers in read.values())
    assert [name for name, each in read.items() if "X-Chat-Work" in each] == ["chat_start_session"]
    key = read["chat_send_message"]["Idempotency-Key"]
    for text in ("", "x" * 101, "two words", "8e03978e-40d5-43e8-bc93-6894a57f9324", "!~"):
        fits = key["minLength"] <= len(text) <= key["maxLength"]
        assert (fits and bool(re.search(key["pattern"], text))) is bool(re.match(KEY_PATTERN, text))


def test_it_says_which_refusals_may_come_with_a_time_to_wait():
    waits = {
        name: [code for code, each in operation["responses"].items() if "headers" in each]
        for name, operation in operations()
    }
    usual = ["429", "502", "503"]
    assert waits == {
        "chat_start_session": ["403", *usual],
        "chat_send_message": ["403", "409", *usual],
        "chat_poll_task_response": usual,
        "chat_poll_response": usual,
        "chat_upload_files": ["403", *usual],
        "chat_record_consent": usual,
    }


def test_addresses_are_those_of_the_site():
    assert next(iter(schema.document()["paths"])) == "/chat/api/chat/start/"


def test_the_sites_own_settings_have_no_say_and_stay_theirs(monkeypatch):
    for name, value in {"TITLE": "Theirs", "CAMELIZE_NAMES": True, "VERSION": "9"}.items():
        monkeypatch.setattr(spectacular_settings, name, value)
    before = {name: getattr(spectacular_settings, name) for name in SPECTACULAR_DEFAULTS}
    made = schema.document()
    assert made["info"]["title"] == "Chat API"
    assert made == yaml.safe_load(SNAPSHOT.read_text())
    assert before == {name: getattr(spectacular_settings, name) for name in SPECTACULAR_DEFAULTS}


def test_many_readers_at_once_all_get_the_same():
    made, together = [], threading.Barrier(8)

    def read():
        together.wait()
        made.append(schema.document())

    readers = [threading.Thread(target=read) for _number in range(8)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    assert len(made) == 8
    assert all(each == made[0] for each in made)


@pytest.mark.parametrize(
    ("query", "accept", "kind"),
    [
        ({}, "*/*", "application/vnd.oai.openapi"),
        ({}, "application/json", "application/vnd.oai.openapi+json"),
        ({"format": "json"}, "text/html", "application/vnd.oai.openapi+json"),
        ({"format": "yaml"}, "application/json", "application/vnd.oai.openapi"),
    ],
)
def test_it_is_served_as_yaml_or_json(client, query, accept, kind):
    answer = client.get("/docs/schema/", query, headers={"Accept": accept})
    assert answer["Content-Type"] == f"{kind}; charset=utf-8"
    load = json.loads if "json" in kind else yaml.safe_load
    assert load(answer.content) == schema.document()


def test_the_page_shows_every_operation_and_schema_and_asks_nobody_else(client):
    page = client.get("/docs/").content.decode()
    for methods in schema.document()["paths"].values():
        for operation in methods.values():
            assert f'id="{operation["operationId"]}"' in page
    for name in schema.document()["components"]["schemas"]:
        assert f'id="{name}"' in page
    assert "://" not in page
    assert "<script" not in page
    assert 'href="/docs/schema/"' in page


def test_the_page_links_to_the_schema_by_the_name_it_is_given(client):
    assert 'href="/elsewhere/"' in client.get("/other-docs/").content.decode()
