from __future__ import annotations

import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.services.conftest import Deployment

pytestmark = pytest.mark.services


def answer(deployment: Deployment, session_id: str, task_id: str, token: dict[str, str]) -> str:
    """Poll until the reply is there."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        polled = deployment.call("GET", f"{session_id}/{task_id}/poll/", headers=token)
        assert polled.status_code == 200, polled.text
        if polled.json()["status"] == "complete":
            return str(polled.json()["message"]["content"])
        time.sleep(0.1)
    raise AssertionError("no reply in 20 s")


def said(deployment: Deployment, session_id: str, token: dict[str, str]) -> list[str]:
    """What the visitor said, as the history has it."""
    history = deployment.call("GET", f"{session_id}/poll/", headers=token).json()
    return [each["content"] for each in history["messages"] if each["role"] == "user"]


def test_a_conversation_goes_on_whichever_worker_answers(deployment: Deployment) -> None:
    session_id, token = deployment.start()
    for text in ("Hello", "When are you open today?", "How does delivery work?"):
        sent = deployment.call(
            "POST", f"{session_id}/message/", headers=token, json={"message": text}
        )
        assert sent.status_code == 202, sent.text
        assert answer(deployment, session_id, sent.json()["task_id"], token)
    assert said(deployment, session_id, token)[-3:] == [
        "Hello",
        "When are you open today?",
        "How does delivery work?",
    ]


def test_concurrent_retries_over_two_workers_send_once(deployment: Deployment) -> None:
    session_id, token = deployment.start()
    headers = {**token, "Idempotency-Key": str(uuid.uuid4())}

    def retry(_number: int) -> tuple[int, str]:
        sent = deployment.call(
            "POST", f"{session_id}/message/", headers=headers, json={"message": "Once"}
        )
        return sent.status_code, sent.json().get("task_id", "")

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(retry, range(16)))
    assert {status for status, _task in outcomes} <= {202, 409}
    (task_id,) = {task for status, task in outcomes if status == 202}
    answer(deployment, session_id, task_id, token)
    assert said(deployment, session_id, token) == ["Once"]


def test_of_concurrent_messages_one_is_sent_and_the_others_are_told(
    deployment: Deployment,
) -> None:
    session_id, token = deployment.start()

    def send(_number: int) -> int:
        body = {"message": "slow 30"}
        sent = deployment.call("POST", f"{session_id}/message/", headers=token, json=body)
        if sent.status_code == 409:
            assert int(sent.headers["Retry-After"]) >= 1
            assert sent.json()["code"] == "message_under_way"
        return sent.status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = Counter(pool.map(send, range(8)))
    assert statuses == {202: 1, 409: 7}


def test_the_chat_page_and_its_loader_are_served(deployment: Deployment) -> None:
    for path in ("", "embed.js", "plain/"):
        address = f"/chatwidget/{deployment.widget}/{path}"
        page = deployment.call("GET", f"../../..{address}")
        assert page.status_code == 200, path
