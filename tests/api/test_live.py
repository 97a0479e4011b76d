"""Over HTTP, as a customer's server would: the mirror in front, the demo bot behind it."""

from __future__ import annotations

import uuid

import pytest
import requests

from chatwidget.models import ChatServer
from example_project.demo_bot.conf import CHATBOT_ID, EMBED_KEY
from tests.fixtures import make_widget

POLLS = 100


@pytest.fixture
def widget(live_server, settings):
    """A widget whose server is the demo bot, in the same site."""
    settings.CHATWIDGET = {"ALLOW_PRIVATE_SERVERS": True}
    settings.DEMO_BOT_DELAY = 0.05
    server = ChatServer(
        name="Demo bot",
        base_url=f"{live_server.url}/demo-bot",
        scheme=ChatServer.Scheme.EMBED_KEY,
        origin=live_server.url,
    )
    server.set_credential(EMBED_KEY)
    server.save()
    return make_widget(server, chatbot_id=CHATBOT_ID)


class ContractClient:
    """Knows the seed's contract and nothing else: no token, no code, no header of ours."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.http = requests.Session()
        self.http.headers["X-api-key"] = "a key that the site must not need"

    def start(self, chatbot_id: uuid.UUID) -> None:
        body = {"chatbot_id": str(chatbot_id), "participant_remote_id": "ana"}
        answer = self.http.post(f"{self.base_url}/api/chat/start/", json=body)
        assert answer.status_code == 201, answer.text
        self.session_id = answer.json()["session_id"]
        self.seed_task = answer.json()["seed_message_task_id"]

    def ask(self, text: str) -> requests.Response:
        session = f"{self.base_url}/api/chat/{self.session_id}"
        sent = self.http.post(f"{session}/message/", json={"message": text})
        assert sent.status_code == 202, sent.text
        assert sent.json()["status"] == "processing"
        for _poll in range(POLLS):
            answer = self.http.get(f"{session}/{sent.json()['task_id']}/poll/")
            if answer.status_code != 200 or answer.json()["status"] == "complete":
                return answer
        pytest.fail("No answer came")

    def messages(self, **query: str) -> list[dict[str, object]]:
        answer = self.http.get(f"{self.base_url}/api/chat/{self.session_id}/poll/", params=query)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, object]] = answer.json()["messages"]
        return found


@pytest.fixture
def client_of_the_contract(live_server):
    client = ContractClient(f"{live_server.url}/chat")
    yield client
    client.http.close()


def test_a_client_of_the_seeds_contract_works_by_its_base_url_alone(client_of_the_contract, widget):
    widget.allows_seed_clients = True
    widget.save()
    client = client_of_the_contract
    client.start(widget.public_id)
    assert client.seed_task == ""

    answer = client.ask("What are your opening hours?").json()
    assert answer["message"]["role"] == "assistant"
    assert answer["message"]["content"]

    question, told = client.messages()
    assert (question["role"], question["content"]) == ("user", "What are your opening hours?")
    assert told == answer["message"]
    assert client.messages(since=str(question["created_at"])) == [told]


def test_the_same_client_is_told_what_to_switch_on_elsewhere(client_of_the_contract, widget):
    client_of_the_contract.start(widget.public_id)
    with pytest.raises(AssertionError, match="Seed clients"):
        client_of_the_contract.ask("Hello")


def test_a_client_with_a_token_talks_on_after_a_failure(
    client_of_the_contract, widget, live_server
):
    client = client_of_the_contract
    body = {"chatbot_id": str(widget.public_id)}
    started = client.http.post(f"{live_server.url}/chat/api/chat/start/", json=body).json()
    client.session_id = started["session_id"]
    client.http.headers["X-Session-Token"] = started["session_token"]

    failed = client.ask("fail")
    assert failed.status_code == 500
    assert failed.json()["code"] == "bot_error"
    assert client.ask("Hello").json()["status"] == "complete"
    assert EMBED_KEY not in str(client.messages())


def test_a_client_that_tries_again_sends_once(client_of_the_contract, widget, live_server):
    client = client_of_the_contract
    widget.allows_seed_clients = True
    widget.save()
    client.start(widget.public_id)
    client.http.headers["Idempotency-Key"] = str(uuid.uuid4())
    assert client.ask("Hello").json() == client.ask("Hello").json()
    assert len(client.messages()) == 2
