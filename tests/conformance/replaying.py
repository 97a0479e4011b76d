"""A recorded request, made again: the same in all that counts, with ids of our own."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from typing import Any

from tests.conformance.recordings import Answered, Recording
from tests.conformance.targets import Target

CHATBOTS = {
    "e923f4d5-cf39-4a66-8104-fdc410e1370a",  # echo
    "eea38b30-c013-4d7f-8dad-7deb3be6973b",  # of a legacy channel
    "76bd392b-330c-4ad7-a4ef-ede6c2965873",  # in OAuth mode
    "e6f50104-43e2-4fd3-93b7-c13e37eab23e",  # with a seed message
    "e343f156-c84d-4cb1-af17-199e22c61a1f",  # echo, 2025-10
    "669dced8-c82f-471e-877e-70b4e04c6c75",  # with a seed message, 2025-10
}
UNKNOWN_SESSIONS = {"B5", "B5b", "B5c", "C6c", "D4c", "M5e", "M7b"}
UNKNOWN_TASKS = {"C4", "C4b", "F2e", "M6b"}
OTHERS_TASKS = {"C5", "M6c"}
ENDED = {"F2b", "F2c", "F2d", "F2e"}
EXPIRED = {"F3", "F3b"}
LIMITED = {"I2", "I2b", "I2c", "I3.4"}
SITUATION = {
    **dict.fromkeys(["C1", "C1b", "M6d"], "working"),
    **dict.fromkeys(["C2", "C2b"], "progress"),
    **dict.fromkeys(["C7", "C7b", "C7c", "C7d", "C8", "C9b", "M6e", "M6f"], "failed"),
    "C9": "refused",
    "C8i": "file",
    **dict.fromkeys(["B16", "B16b", "C9d"], "unkept"),
}
# How many messages a session had before, where its history is read.
SAID = {"D": 3, "E6c": 3, "E7c": 3, "M7": 1, "F1b": 1, "F2": 2, "F2b": 2, "B15c": 1}
# Two messages at once.
PAIRED = {"B13": "working", "M7": "answered"}
ATTACHED = {"E6c", "E7c", "M8c"}
# The times of the first four messages of D1, which later requests name.
TIMES = ("13:23:38.708647", "13:23:38.745015", "13:23:38.865733", "13:23:38.907182")
CHAT = re.compile(r"/api/(v1/)?chat/([0-9a-f-]{36})/(?:([0-9a-z-]+)/)?(\w+)/(\?.*)?$")
GOOD_KEYS = re.compile(r"[\w-]{32}")


class Replay:
    """One recorded request against one target."""

    def __init__(self, recording: Recording, target: Target) -> None:
        self.recording = recording
        self.target = target
        self.name = recording.id
        target.tune(self.name, recording.headers)

    def run(self) -> Answered:
        """Bring the target into the situation, and ask what was asked."""
        body, path, headers = self.recording.body, self.recording.path, self.recording.headers
        match = CHAT.match(path)
        if match or path.startswith("/api/files/"):
            session, token = self.session()
            if match:
                path = self._path(match, session, token)
            else:
                upload = self._upload(session, token)
                path = f"/api/files/{upload}/content"
            headers, body = self._headers(session, token), self._session_body(session, token)
        else:
            if self.name in LIMITED:
                self.target.limit(0)
            headers, body = self._headers("", ""), self._start_body()
        return self._ask(self.recording.method, path, headers, body)

    def session(self) -> tuple[str, str]:
        """Start a session as the recorded one was started."""
        given = {"Content-Type": "application/json", **self._proof()}
        made = self._ask("POST", "/api/chat/start/", given, {"chatbot_id": self.target.chatbot_id})
        assert made.status == 201, made
        self.started = made.body
        return made.body["session_id"], made.body.get("session_token") or ""

    def _proof(self) -> dict[str, str]:
        if "X-Embed-Key" in self.recording.headers or self.name.startswith("B14"):
            return {"X-Embed-Key": self.target.embed_key, "Origin": "http://localhost:3000"}
        return {"X-api-key": self.target.api_key} if self.name.startswith("E7") else {}

    def _path(self, match: re.Match[str], session: str, token: str) -> str:
        version, theirs, task, call, query = match.groups()
        self._prepare(session, token, call if task is None else "task_poll")
        if self.name in UNKNOWN_SESSIONS:
            session = theirs
        if task is not None and self.name not in UNKNOWN_TASKS | UNKNOWN_SESSIONS:
            task = self._task(session, token)
        middle = f"{task}/" if task else ""
        if self.name in LIMITED:
            self.target.limit(0)
        return f"/api/{version or ''}chat/{session}/{middle}{call}/{self._query(query or '')}"

    def _prepare(self, session: str, token: str, call: str) -> None:
        key = self.name if self.name in SAID else self.name[0]
        self.times: list[str] = []
        if call == "poll" and self.name not in {"D0", *UNKNOWN_SESSIONS}:
            self._talk(session, token, SAID.get(key, 0))
            self.times = self._history_times(session, token)
        if self.name in ENDED:
            self.target.end(session, token)
        if self.name in EXPIRED:
            self.target.expire(session, token)

    def _talk(self, session: str, token: str, exchanges: int) -> None:
        for _ in range(exchanges - self.target.farewells * (self.name in ENDED)):
            self._say(session, token, "answered")
        if self.name in SITUATION:
            self._say(session, token, SITUATION[self.name])
        if self.name == "K3":
            self._say(session, token, "answered", seconds=0)
        if self.name in PAIRED:
            self._say(session, token, PAIRED[self.name], seconds=0.005)
            self._say(session, token, "answered", seconds=30)
        if self.name in ATTACHED:
            upload = self._upload(session, token)
            self._say(session, token, "answered", attachment_ids=[upload])

    def _task(self, session: str, token: str) -> str:
        if self.name in {"M2b"}:
            return str(self.started["seed_message_task_id"])
        if self.name in OTHERS_TASKS:
            session, token = self.session()
        seconds = 0 if self.name == "K2" else 1
        return self._say(session, token, SITUATION.get(self.name, "answered"), seconds=seconds)

    def _say(
        self, session: str, token: str, situation: str, *, seconds: float = 1, **more: Any
    ) -> str:
        message = {"message": self.target.text(situation), **more}
        headers = {"Content-Type": "application/json", **_token(token)}
        made = self._ask("POST", f"/api/chat/{session}/message/", headers, message)
        assert made.status == 202, made
        self.target.forward(seconds)
        return str(made.body["task_id"])

    def _upload(self, session: str, token: str) -> int:
        headers = {"Content-Type": "multipart/form-data; boundary=b", **_token(token)}
        head = 'Content-Disposition: form-data; name="files"; filename="note.txt"'
        text = f"--b\n{head}\nContent-Type: text/plain\n\nhello attachment\n--b--"
        made = self._ask("POST", f"/api/chat/{session}/upload/", headers, text)
        assert made.status == 201, made
        return int(made.body["files"][0]["id"])

    def _history_times(self, session: str, token: str) -> list[str]:
        made = self._ask("GET", f"/api/chat/{session}/poll/", _token(token), None)
        found = made.body["messages"] if made.is_json else []
        return [said["created_at"] for said in found]

    def _query(self, query: str) -> str:
        for theirs, ours in zip(TIMES, self.times, strict=False):
            for cut in (0, 3):
                their, our = theirs[: len(theirs) - cut], ours[: len(ours) - 1 - cut]
                for encoded in (their, their.replace(":", "%3A")):
                    date, _, time = our.partition("T")
                    time = time if ":" in encoded else time.replace(":", "%3A")
                    query = query.replace(f"2026-11-23T{encoded}", f"{date}T{time}")
        return query

    def _headers(self, session: str, token: str) -> dict[str, str]:
        headers = dict(self.recording.headers)
        if GOOD_KEYS.fullmatch(headers.get("X-Embed-Key", "")) and self.name != "A3b":
            headers["X-Embed-Key"] = self.target.embed_key
        if "X-Session-Token" in headers:
            headers["X-Session-Token"] = self._token(headers["X-Session-Token"], token)
        if self.name == "A25d":
            headers["Authorization"] = "Bearer access-token-of-the-fake"
        if "X-api-key" in headers:
            headers["X-api-key"] = self.target.api_key
        if self.name == "E7e":
            headers["Authorization"] = f"Bearer {self.target.api_key}"
        return headers

    def _token(self, theirs: str, ours: str) -> str:
        match = CHAT.match(self.recording.path)
        if not theirs.startswith("eyJ") or match is None or self.name in UNKNOWN_SESSIONS:
            return ours if match is None else theirs
        claims = json.loads(base64.urlsafe_b64decode(theirs.partition(":")[0] + "=="))
        return ours if claims["sid"] == match[2] else self.session()[1]

    def _start_body(self) -> Any:
        body = self.recording.body
        if isinstance(body, dict) and body.get("chatbot_id") in CHATBOTS:
            return {**body, "chatbot_id": self.target.chatbot_id}
        return body

    def _session_body(self, session: str, token: str) -> Any:
        body = self.recording.body
        if not isinstance(body, dict) or 70 not in body.get("attachment_ids", ()):
            return body
        upload = (
            self._upload(session, token) if self.name != "E6e" else self._upload(*self.session())
        )
        return {**body, "attachment_ids": [upload for _ in body["attachment_ids"]]}

    def _ask(self, method: str, path: str, headers: Mapping[str, str], body: Any) -> Answered:
        return self.target.ask(method, f"{self.target.prefix}{path}", headers, encoded(body))


def _token(token: str) -> dict[str, str]:
    return {"X-Session-Token": token} if token else {}


def encoded(body: Any) -> bytes:
    """The bytes of a recorded body; forms were recorded without their carriage returns."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.replace("\n", "\r\n").encode("utf-8", "surrogatepass")
    return json.dumps(body).encode()
