"""The example project as a process of its own, on a scratch database."""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.host import LANTERN, host_site

ROOT = Path(__file__).resolve().parent.parent.parent
START_LIMIT = 40  # seconds, on a busy machine

MAKE_WIDGET = """
import json
from chatwidget.models import ChatServer, Widget
fields = {{"name": "Test", "slug": Widget.objects.count(), "allowed_origins": ["*"]}}
lantern = Widget.objects.get(public_id="{lantern}")
fields |= {{"server": lantern.server, "chatbot_id": lantern.chatbot_id}} | json.loads({fields!r})
print(Widget.objects.create(**fields).public_id)
"""


# Runs what each line of its input says, a JSON string of Python, and prints what that printed.
RUN_LINES = """
import contextlib, django, io, json, sys, traceback
django.setup()
for line in sys.stdin:
    printed, fault = io.StringIO(), None
    try:
        with contextlib.redirect_stdout(printed):
            exec(json.loads(line), {})
    except Exception:
        fault = traceback.format_exc()
    print(json.dumps([printed.getvalue().strip(), fault]), flush=True)
"""


@dataclass(frozen=True)
class Site:
    """The chat's site, and the other one that embeds it.

    ``log`` is a file with all that the server printed.
    """

    url: str
    other_url: str
    log: Path
    environment: dict[str, str]
    shell: subprocess.Popen[str]
    widget: str = LANTERN

    @property
    def page_url(self) -> str:
        """The demo widget's chat page, alone."""
        return f"{self.url}/chatwidget/{self.widget}/"

    def manage(self, *arguments: str) -> str:
        """Run a command of manage.py on the site's database and return what it printed."""
        return manage(self.environment, *arguments)

    def run(self, code: str) -> str:
        """Run Python with the site's models at hand, and return what it printed."""
        assert self.shell.stdin
        assert self.shell.stdout
        print(json.dumps(code), file=self.shell.stdin, flush=True)
        printed, fault = json.loads(self.shell.stdout.readline())
        assert fault is None, fault
        return str(printed)

    def make_widget(self, **fields: object) -> str:
        """Make a widget on the demo's server and return its public id."""
        return self.run(MAKE_WIDGET.format(lantern=self.widget, fields=json.dumps(fields)))


def manage(environment: dict[str, str], *arguments: str) -> str:
    """Run a command of manage.py and return what it printed."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def free_port() -> int:
    """A port that nobody listens on, and that the system gives to no connection of its own.

    What ``bind`` chooses for port 0 is of those: another's connection may stand there by the time
    that a server which takes seconds to start comes for it.
    """
    while True:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", random.randrange(20_000, 32_000)))
            except OSError:
                continue
            return int(probe.getsockname()[1])


@contextmanager
def running_site(directory: Path) -> Iterator[Site]:
    """Load the demo into ``directory`` and serve it until the end of the block."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {
        **{name: value for name, value in os.environ.items() if name != "REDIS_URL"},
        "DATABASE_URL": f"sqlite:///{directory / 'site.sqlite3'}",
        "DEMO_BOT_DELAY": "0",
        "DJANGO_SETTINGS_MODULE": "example_project.settings",
        "PYTHONUNBUFFERED": "1",
        "SECRET_KEY": "only-for-browser-tests-0123456789-abcdefghijklmnop",
    }
    log = directory / "server.log"
    with host_site(url) as other_url, log.open("wb") as output:
        manage(environment, "demo", "--load-only", "--port", str(port))
        command = ["runserver", "--noreload", f"127.0.0.1:{port}"]
        with (
            subprocess.Popen(
                [sys.executable, "manage.py", *command],
                cwd=ROOT,
                env=environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            ) as server,
            subprocess.Popen(
                [sys.executable, "-c", RUN_LINES],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            ) as shell,
        ):
            try:
                await_answer(url, server, log)
                yield Site(url, other_url, log, environment, shell)
            finally:
                server.terminate()


def await_answer(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline:
        assert server.poll() is None, f"The server ended:\n{log.read_text()}"
        try:
            urllib.request.urlopen(f"{url}/static/chatwidget/base.css", timeout=5).close()
        except urllib.error.HTTPError as error:
            error.close()
        except OSError:
            time.sleep(0.1)
            continue
        return
    raise AssertionError(f"The server didn't answer in {START_LIMIT} s:\n{log.read_text()}")
