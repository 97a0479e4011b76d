"""The bot against a real server's recorded answers: status, words and shape."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from example_project.demo_bot import conf
from tests.example_project.demo_bot.conftest import API, Bot

RECORDED_FILE = Path(__file__).parent.parent.parent / "data" / "recorded.jsonl"
RECORDED = {row["id"]: row for row in map(json.loads, RECORDED_FILE.read_text().splitlines())}

KEY = {"X-Embed-Key": conf.EMBED_KEY}
HERE = {"Origin": "http://localhost:3000"}
STARTS: dict[str, dict[str, str]] = {
    "A1": {},
    "A3": {"X-Embed-Key": "nope", **HERE},
    "A5": {**KEY, "Origin": "https://evil.test"},
    "A7": {"Authorization": "Bearer x"},
    "A9": {},
    **{name: {} for name in ["A10", "A13", "A13b", "A13c", "A13e", "A14", "A16b", "A16c", "A16d"]},
}
SENDS = ["B1", "B2", "B2b", "B2c", "B2d", "B2f", "B2h", "B2i", "B6", "B6b", "B9", "B10"]
LISTS = {
    "D2b": "?since=2026-11-23T13:23:38.745015+00:00",
    "D2h": "?since=garbage",
    "D3c": "?limit=abc",
    "D3f": "?limit=-2",
}


def shape(value: Any) -> Any:
    """The keys and types of a JSON value."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, list):
        return [shape(item) for item in value[:1]]
    return type(value).__name__


def assert_same(response: Any, recording: str, *, words: bool = True) -> None:
    """Status, headers and body are those of the recording; a success is compared by its shape."""
    recorded = RECORDED[recording]["response"]
    assert response.status_code == recorded["status"]
    is_json = recorded["headers"].get("Content-Type") == "application/json"
    assert (response["Content-Type"] == "application/json") is is_json
    for name in ("WWW-Authenticate", "X-RateLimit-Limit"):
        assert response.get(name) == recorded["headers"].get(name)
    if is_json and response.status_code >= 400 and words:
        assert response.json() == recorded["body"]
    elif is_json:
        assert shape(response.json()) == shape(recorded["body"])


def recorded_body(recording: str) -> Any:
    body = RECORDED[recording]["request"]["body"]
    if isinstance(body, dict) and body.get("chatbot_id", "").startswith("e923f4d5"):
        return {**body, "chatbot_id": str(conf.CHATBOT_ID)}
    return body


@pytest.mark.parametrize("recording", STARTS)
def test_start_answers_as_recorded(bot: Bot, recording: str) -> None:
    response = bot.post("start/", recorded_body(recording), **STARTS[recording])
    if recording == "A1":
        body = response.json()
        assert body["chatbot"].pop("versions") == []
        assert set(body) == set(RECORDED["A1"]["response"]["body"])
        assert response.status_code == 201
        return
    assert_same(response, recording)


@pytest.mark.parametrize("recording", SENDS)
def test_message_answers_as_recorded(bot: Bot, recording: str) -> None:
    assert_same(
        bot.post(f"{bot.session}/message/", recorded_body(recording), **bot.pass_), recording
    )


@pytest.mark.parametrize("recording", LISTS)
def test_session_poll_refuses_as_recorded(bot: Bot, recording: str) -> None:
    assert_same(bot.get(f"{bot.session}/poll/{LISTS[recording]}", **bot.pass_), recording)


def test_session_calls_need_the_token_of_their_session(bot: Bot, unknown: UUID) -> None:
    _, foreign = bot.start()
    said = {"message": "x"}
    path = f"{bot.session}/message/"
    assert_same(bot.post(path, said), "B3")
    assert_same(bot.post(path, said, **{"X-Session-Token": "bad"}), "B4")
    assert_same(bot.post(path, said, **{"X-Session-Token": foreign}), "B4")
    assert_same(bot.post(f"{unknown}/message/", said, **bot.pass_), "B5")
    assert_same(bot.post(f"{unknown}/message/", said, **KEY, **HERE), "B5c")
    assert_same(bot.post(path, said, **bot.pass_, **HERE, **{"X-Embed-Key": "bad"}), "B4d")
    assert_same(bot.post(path, said, **bot.pass_, **KEY), "B4e")


def test_the_token_alone_is_enough_whatever_the_origin(bot: Bot) -> None:
    evil = {"Origin": "https://evil.test"}
    assert (
        bot.post(f"{bot.session}/message/", {"message": "x"}, **bot.pass_, **evil).status_code
        == 202
    )


@pytest.mark.parametrize(
    "origin", ["http://localhost:3000", "http://[::1]:8000", "http://127.0.0.1"]
)
def test_the_embed_key_starts_from_an_allowed_origin_on_any_port(bot: Bot, origin: str) -> None:
    body = {"chatbot_id": str(conf.CHATBOT_ID)}
    assert bot.post("start/", body, **KEY, Origin=origin).status_code == 201
    assert bot.post("start/", body, **KEY, Referer=f"{origin}/page?a=1").status_code == 201


def test_a_broken_origin_is_a_foreign_one(bot: Bot) -> None:
    body = {"chatbot_id": str(conf.CHATBOT_ID)}
    assert_same(bot.post("start/", body, **KEY, Origin="http://[broken"), "A5")


def test_an_unknown_chatbot_looks_like_a_wrong_key_to_who_shows_one(
    bot: Bot, unknown: UUID
) -> None:
    response = bot.post("start/", {"chatbot_id": str(unknown)}, **KEY, **HERE)
    assert response.status_code == 401
    assert response.json() == RECORDED["A3"]["response"]["body"]


def test_participant_is_what_the_caller_sent(bot: Bot) -> None:
    body = {"chatbot_id": str(conf.CHATBOT_ID), "participant_remote_id": 42}
    assert bot.post("start/", body).json()["participant"]["remote_id"] == "42"


@pytest.mark.parametrize(
    ("field", "length"), [("participant_remote_id", 256), ("participant_name", 321)]
)
def test_a_participant_too_long_for_the_database_is_a_page_of_html(
    bot: Bot, field: str, length: int
) -> None:
    response = bot.post("start/", {"chatbot_id": str(conf.CHATBOT_ID), field: "r" * length})
    assert response.status_code == 500
    assert response["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(("value", "words"), [(None, "may not be null"), ("x", "valid UUID")])
def test_a_chatbot_id_must_be_a_uuid(bot: Bot, value: Any, words: str) -> None:
    response = bot.post("start/", {"chatbot_id": value})
    assert response.status_code == 400
    assert words in response.json()["chatbot_id"][0]


@pytest.mark.parametrize(("ids", "words"), [("x", "Expected a list"), (["x"], "valid integer")])
def test_attachment_ids_must_be_a_list_of_numbers(bot: Bot, ids: Any, words: str) -> None:
    assert words in str(bot.send("x", attachment_ids=ids).json()["attachment_ids"])


def test_start_wants_a_post(bot: Bot) -> None:
    assert bot.get("start/").status_code == 405


def test_a_body_that_is_not_json_is_415(bot: Bot) -> None:
    response = bot.client.post(f"{API}start/", {"chatbot_id": str(conf.CHATBOT_ID)})
    assert response.status_code == 415


def test_a_task_is_processing_then_complete(bot: Bot) -> None:
    task = bot.task("thanks")
    assert_same(bot.poll(task), "C1")
    bot.clock.forward(1)
    response = bot.poll(task)
    assert response.json()["status"] == "complete"
    assert set(response.json()["message"]) == set(RECORDED["C3"]["response"]["body"]["message"])


def test_progress_is_said_while_processing_and_is_not_kept(bot: Bot) -> None:
    task = bot.task("progress 6")
    said = []
    for _ in range(3):
        bot.clock.forward(2)
        response = bot.poll(task)
        assert_same(response, "C2")
        said.append(response.json()["message"])
    assert len({one["content"] for one in said}) == 3
    assert len({one["created_at"] for one in said}) == 3
    assert [one["role"] for one in bot.history()["messages"]] == ["user"]
    bot.clock.forward(2)
    assert bot.poll(task).json()["status"] == "complete"


def test_no_progress_before_a_worker_starts(bot: Bot) -> None:
    assert bot.poll(bot.task("progress")).json()["message"] is None


def test_an_unknown_task_is_processing_for_ever(bot: Bot, unknown: UUID) -> None:
    bot.clock.forward(3600)
    assert_same(bot.poll(str(unknown)), "C4")


def test_a_task_of_another_session_is_not_found(bot: Bot) -> None:
    task = bot.task("hello")
    bot.session, bot.token = bot.start()
    assert_same(bot.poll(task), "C5")


def test_history_holds_the_message_when_a_worker_starts_and_then_the_answer(bot: Bot) -> None:
    bot.task("hello")
    assert bot.history()["messages"] == []
    bot.clock.forward(0.1)
    asked = bot.history()
    assert [one["content"] for one in asked["messages"]] == ["hello"]
    assert asked["session_status"] == "active"
    bot.clock.forward(1)
    messages = bot.history()["messages"]
    assert [one["role"] for one in messages] == ["user", "assistant"]
    assert set(messages[0]) == set(RECORDED["D1"]["response"]["body"]["messages"][0])
    assert messages[0]["created_at"] == "2026-11-23T13:17:43.050000Z"


def test_since_is_exclusive_and_limit_says_whether_there_is_more(bot: Bot) -> None:
    for text in ("hello", "thanks", "bye"):
        bot.ask(text)
    everything = bot.history()["messages"]
    times = [one["created_at"] for one in everything]
    assert len(set(times)) == 6
    assert times == sorted(times)
    assert bot.history(f"?since={times[1]}")["messages"] == everything[2:]
    assert bot.history(f"?since={times[1].replace('Z', '%2B00:00')}")["messages"] == everything[2:]
    assert bot.history(f"?since={times[1].replace('Z', '')}")["messages"] == everything[2:]
    assert bot.history("?since=2026-11-23&limit=4") == {
        "messages": everything[:4],
        "has_more": True,
        "session_status": "active",
    }
    assert bot.history("?limit=6")["has_more"] is False
    assert bot.history("?limit=0") == {"messages": [], "has_more": True, "session_status": "active"}
    assert bot.history("?since=")["messages"] == everything


def test_a_since_that_is_no_date_is_refused(bot: Bot) -> None:
    response = bot.get(f"{bot.session}/poll/?since=2026-13-41", **bot.pass_)
    assert response.json() == RECORDED["D2h"]["response"]["body"]


def test_messages_sent_at_once_have_times_of_their_own(bot: Bot, settings: Any) -> None:
    settings.DEMO_BOT_DELAY = 0
    for _ in range(3):
        bot.task("hello")
    bot.clock.forward(1)
    assert len({one["created_at"] for one in bot.history()["messages"]}) == 6


def test_calls_are_counted_per_session_and_refused_over_the_limit(bot: Bot) -> None:
    responses = [bot.get(f"{bot.session}/poll/", **bot.pass_) for _ in range(301)]
    assert [one["X-RateLimit-Remaining"] for one in responses[:2]] == ["299", "298"]
    assert {one.status_code for one in responses[:300]} == {200}
    last = responses[-1]
    assert last.status_code == 429
    assert set(last.json()) == set(RECORDED["I2"]["response"]["body"])
    assert last["Retry-After"] == str(last.json()["available_in"])
    bot.session, bot.token = bot.start()
    assert bot.send("hello").status_code == 202
    bot.clock.forward(300)
    assert bot.get(f"{bot.session}/poll/", **bot.pass_)["X-RateLimit-Remaining"] == "299"


def test_a_session_is_forgotten_after_a_day(bot: Bot) -> None:
    bot.clock.forward(25 * 3600)
    assert_same(bot.send("x"), "B5")


def upload(bot: Bot, *files: SimpleUploadedFile) -> Any:
    path = f"{API}{bot.session}/upload/"
    return bot.client.post(path, {"files": list(files)}, headers=bot.pass_)


def test_an_uploaded_file_can_go_with_one_message_of_its_session(bot: Bot) -> None:
    response = upload(bot, SimpleUploadedFile("note.txt", b"hello", "text/plain"))
    assert_same(response, "E1")
    file = response.json()["files"][0]
    assert (file["name"], file["size"]) == ("note.txt", 5)
    assert bot.send("dup", attachment_ids=[file["id"]] * 2).status_code == 400
    assert bot.send("see file", attachment_ids=[file["id"]]).status_code == 202
    bot.clock.forward(1)
    assert bot.history()["messages"][0]["attachments"] == [
        {
            "name": "note.txt",
            "content_type": "text/plain",
            "size": 5,
            "content_url": f"http://testserver/demo-bot/api/files/{file['id']}/content",
        }
    ]
    bot.session, bot.token = bot.start()
    assert_same(bot.send("steal", attachment_ids=[file["id"]]), "B9")


def content(bot: Bot, file_id: int, **headers: str) -> Any:
    return bot.client.get(f"/demo-bot/api/files/{file_id}/content", headers=headers)


def test_a_file_is_given_back_to_whoever_has_the_api_key(bot: Bot) -> None:
    sent = upload(bot, SimpleUploadedFile("note.txt", b"hello", "text/plain")).json()
    number = sent["files"][0]["id"]
    for header in ({"X-api-key": conf.API_KEY}, {"Authorization": f"Bearer {conf.API_KEY}"}):
        given = content(bot, number, **header)
        assert (given.status_code, given.content, given["Content-Type"]) == (
            200,
            b"hello",
            "text/plain",
        )
        assert given["Content-Disposition"] == 'attachment; filename="note.txt"'
    for header in ({}, bot.pass_, KEY, {"X-api-key": "x"}, {"Authorization": conf.API_KEY}):
        assert content(bot, number, **header).status_code == 401
    assert content(bot, number + 1, **{"X-api-key": conf.API_KEY}).status_code == 404


def test_a_large_file_is_only_noted(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("example_project.demo_bot.uploads.KEPT_BYTES", 4)
    sent = upload(bot, SimpleUploadedFile("note.txt", b"hello", "text/plain")).json()
    number = sent["files"][0]["id"]
    assert content(bot, number, **{"X-api-key": conf.API_KEY}).status_code == 404


def test_files_go_with_their_session(bot: Bot) -> None:
    sent = upload(bot, SimpleUploadedFile("note.txt", b"hello", "text/plain")).json()
    number = sent["files"][0]["id"]
    bot.store.max_sessions = 1
    bot.start()
    assert content(bot, number, **{"X-api-key": conf.API_KEY}).status_code == 404


def test_uploads_are_refused_as_recorded(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_same(upload(bot, SimpleUploadedFile("a.exe", b"MZ", "application/octet-stream")), "E2")
    assert_same(upload(bot), "E3")
    assert_same(bot.post(f"{bot.session}/upload/", {"files": []}, **bot.pass_), "E3d")
    assert upload(bot, SimpleUploadedFile("a.exe", b"MZ", "text/plain")).status_code == 201
    monkeypatch.setattr("example_project.demo_bot.uploads.MEGABYTE", 0.1)
    big = SimpleUploadedFile("big.txt", b"123456", "text/plain")
    assert "exceeds maximum size" in upload(bot, big).json()["error"]
    half = [SimpleUploadedFile(f"{name}.txt", b"123", "text/plain") for name in "ab"]
    assert "Total upload size" in upload(bot, *half).json()["error"]
