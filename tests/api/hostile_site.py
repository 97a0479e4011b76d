"""Talks to the mirror inside the hostile site and prints what came of it, for ``test_base``."""

from __future__ import annotations

import json
from unittest import mock

import django
from django.core.management import call_command
from django.db import connection
from django.test.utils import setup_test_environment

ATOMIC: list[bool] = []


def main() -> None:
    django.setup()
    setup_test_environment()
    call_command("migrate", verbosity=0)

    from drf_spectacular.renderers import OpenApiYamlRenderer
    from drf_spectacular.settings import spectacular_settings

    from chatwidget.api.schema import document
    from tests.api.test_schema import SNAPSHOT

    with mock.patch("chatwidget.servers.ChatAPI", atomic_recorder()):
        answers = talk()
    made = OpenApiYamlRenderer().render(document()).decode()
    print(  # noqa: T201
        json.dumps(
            {
                "statuses": [each.status_code for each in answers],
                "types": sorted({each["Content-Type"] for each in answers}),
                "atomic": any(ATOMIC),
                "schema": "ours" if made == SNAPSHOT.read_text() else made,
                "theirs": spectacular_settings.TITLE,
            }
        )
    )


def atomic_recorder():
    from tests.fake_chatapi import FakeChatAPI

    class Recorder(FakeChatAPI):
        def _call(self, name: str, options: object) -> None:
            ATOMIC.append(connection.in_atomic_block)
            super()._call(name, options)

    return Recorder()


def talk():
    from chatwidget.models import ChatServer
    from tests.api.conftest import Mirror
    from tests.fixtures import make_widget

    widget = make_widget(ChatServer.objects.create(name="S", base_url="https://s.example"))
    ChatServer.objects.update(scheme=ChatServer.Scheme.NONE)
    mirror = Mirror()
    answers = [mirror.start(widget.public_id), mirror.say("é")]
    answers.append(mirror.task(answers[-1].json()["task_id"]))
    answers.append(mirror.history({"limit": 5}))
    token = mirror.headers.pop("X-Session-Token")
    answers.append(mirror.history())
    mirror.headers["X-Session-Token"] = token
    answers += [mirror.say(["no text"]), mirror.get("nothing/")]
    return answers


if __name__ == "__main__":
    main()
