"""Two web hosts behind nginx, by the files of ``deploy/``, over one PostgreSQL and one Redis."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from contextlib import ExitStack, contextmanager
from pathlib import Path

import brotli
import pytest
import requests
import yaml

from tests.browser.running import ROOT, await_answer, free_port
from tests.conftest import refuse
from tests.services.conftest import process

pytestmark = pytest.mark.services

DEPLOY = ROOT / "deploy"
MODULES = Path("/usr/share/nginx/modules")
BROTLI = [f"ngx_http_brotli_{part}_module.so" for part in ("filter", "static")]
# One process for all: each that starts Django takes a second or two.
PREPARE = """
import sys, uuid
import django
django.setup()
from django.core.management import call_command
from chatwidget.models import ChatServer, Widget
call_command("collectstatic", interactive=False, verbosity=0)
call_command("migrate", verbosity=0)
server = ChatServer.objects.create(name="Even", base_url=sys.argv[1], scheme="none")
fields = {"server": server, "chatbot_id": uuid.uuid4()}
print(Widget.objects.create(name="Free", slug="free", **fields).public_id)
print(Widget.objects.create(name="Limited", slug="limited", address_limit=6, **fields).public_id)
"""
FRAME = """
{user}daemon off; pid {directory}/nginx.pid; error_log stderr warn; worker_processes 1;
{modules}
events {{ worker_connections 256; }}
http {{
    include /etc/nginx/mime.types;
    access_log off;
    client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/f; uwsgi_temp_path {directory}/u; scgi_temp_path {directory}/s;
    {site}
}}
"""


class Hosts:
    """The two web hosts, the Chat API and nginx, each a process or more on a port of its own."""

    def __init__(self, environment: dict[str, str], directory: Path) -> None:
        self.environment, self.directory = environment, directory
        self.bot, *self.ports = free_port(), free_port(), free_port()
        self.front = free_port()
        self.running: dict[int, subprocess.Popen[bytes]] = {}
        self.widget = self.limited = ""

    def begin(self, number: int) -> None:
        """Start a web host, as its unit file does, but for the port and fewer processes."""
        port = self.ports[number]
        arguments = ["-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--workers", "1"]
        arguments += ["--bind", f"127.0.0.1:{port}", "example_project.wsgi"]
        log = self.directory / f"web{number}.log"
        with log.open("ab") as output:
            self.running[number] = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        await_answer(f"http://127.0.0.1:{port}", self.running[number], log)

    def kill(self, number: int) -> None:
        """End a web host at once, its processes together."""
        if number in self.running:
            os.killpg(self.running[number].pid, signal.SIGKILL)
            self.running.pop(number).wait()

    def call(
        self, method: str, path: str, host: int | None = None, *, address="203.0.113.7", **options
    ) -> requests.Response:
        """Call the mirror through nginx, or at a host as nginx would for an address."""
        port = self.front if host is None else self.ports[host]
        headers = {"X-Forwarded-Proto": "http", **options.pop("headers", {})}
        if host is not None:
            headers["X-Forwarded-For"] = address
        return requests.request(
            method,
            f"http://127.0.0.1:{port}/chatwidget/api/chat/{path}",
            headers=headers,
            timeout=30,
            **options,
        )

    def start(self, host: int | None = None) -> tuple[str, dict[str, str]]:
        """Start a chat; return its id and the header that opens it."""
        answer = self.call("POST", "start/", host, json={"chatbot_id": self.widget})
        assert answer.status_code == 201, answer.text
        return answer.json()["session_id"], {"X-Session-Token": answer.json()["session_token"]}

    def send(self, chat: tuple[str, dict[str, str]], text: str, host: int | None = None):
        """Send a message."""
        session_id, token = chat
        headers = {**token, "Idempotency-Key": str(uuid.uuid4())}
        body = {"message": text}
        return self.call("POST", f"{session_id}/message/", host, headers=headers, json=body)

    def answer(self, chat: tuple[str, dict[str, str]], task_id: str) -> str:
        """Ask through nginx until the answer is there."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            polled = self.call("GET", f"{chat[0]}/{task_id}/poll/", headers=chat[1])
            assert polled.status_code == 200, polled.text
            if polled.json()["status"] == "complete":
                return str(polled.json()["message"]["content"])
            time.sleep(0.1)
        raise AssertionError("no answer in 20 s")

    def asked(self) -> dict[str, int]:
        """How often the Chat API was asked, by call."""
        told = requests.put(f"http://127.0.0.1:{self.bot}/", timeout=10).json()
        return dict(told["calls"])


@contextmanager
def nginx(hosts: Hosts, static: Path):
    """Run nginx with the deployment's own file, at other addresses."""
    if not shutil.which("nginx"):
        refuse("No nginx: install nginx and libnginx-mod-http-brotli-static and -filter")
    site = (DEPLOY / "nginx.conf").read_text()
    for written, here in {
        "server web1:8000": f"server 127.0.0.1:{hosts.ports[0]}",
        "server web2:8000": f"server 127.0.0.1:{hosts.ports[1]}",
        "listen 80;": f"listen 127.0.0.1:{hosts.front};",
        "/srv/lantern/static/": f"{static}/",
    }.items():
        assert site.count(written) == 1
        site = site.replace(written, here)
    loaded = "\n".join(f"load_module {MODULES / name};" for name in BROTLI)
    config = hosts.directory / "nginx.conf"
    # Its workers must read what pytest hides from other users.
    user = "" if os.geteuid() else "user root; "
    config.write_text(FRAME.format(directory=hosts.directory, modules=loaded, site=site, user=user))
    log = hosts.directory / "nginx.log"
    with (
        log.open("wb") as output,
        subprocess.Popen(
            ["nginx", "-p", hosts.directory, "-c", config], stdout=output, stderr=output
        ) as server,
    ):
        try:
            await_answer(f"http://127.0.0.1:{hosts.front}", server, log)
            yield
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def hosts(postgres_url, redis_url, tmp_path_factory):
    directory = tmp_path_factory.mktemp("two-hosts")
    static = directory / "static"
    environment = {
        **os.environ,
        "ALLOW_PRIVATE_SERVERS": "1",
        "DATABASE_URL": postgres_url,
        "DJANGO_SETTINGS_MODULE": "deploy.settings",
        "PYTHONWARNINGS": "ignore",
        "REDIS_URL": redis_url,
        "SECRET_KEY": "only-for-service-tests-0123456789-abcdefghijklmnop",
        "STATIC_ROOT": str(static),
    }
    hosts = Hosts(environment, directory)
    prepared = subprocess.run(
        [sys.executable, "-c", PREPARE, f"http://127.0.0.1:{hosts.bot}"],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    hosts.widget, hosts.limited = prepared.stdout.split()
    for sheet in static.rglob("*.css"):
        Path(f"{sheet}.br").write_bytes(brotli.compress(sheet.read_bytes(), quality=5))
    bot = f"http://127.0.0.1:{hosts.bot}"
    even = ["-m", "uvicorn", "bench.even_server:app", "--port", str(hosts.bot)]
    with ExitStack() as running:
        running.enter_context(process(even, environment, bot, directory / "bot.log"))
        for number in range(2):
            hosts.begin(number)
            running.callback(hosts.kill, number)
        running.enter_context(nginx(hosts, static))
        yield hosts


def test_a_chat_goes_on_when_its_host_dies_and_nothing_is_lost(hosts):
    chat = hosts.start(host=0)
    first = hosts.send(chat, "Before", host=0).json()["task_id"]
    hosts.kill(0)
    try:
        assert hosts.answer(chat, first) == "Echo: Before"
        for count in range(4):  # whichever host nginx thinks of first
            sent = hosts.send(chat, f"After {count}")
            assert sent.status_code == 202, sent.text
            assert hosts.answer(chat, sent.json()["task_id"]) == f"Echo: After {count}"
        history = hosts.call("GET", f"{chat[0]}/poll/", headers=chat[1]).json()
    finally:
        hosts.begin(0)
    said = [each["content"] for each in history["messages"] if each["role"] == "user"]
    assert said == ["Before", "After 0", "After 1", "After 2", "After 3"]


def test_both_hosts_together_look_at_a_chat_once_in_30_seconds(hosts):
    chat = hosts.start()
    task = hosts.send(chat, "Hello").json()["task_id"]
    hosts.answer(chat, task)
    before = hosts.asked().get("poll_session", 0)
    for number in range(10):
        looked = hosts.call("GET", f"{chat[0]}/poll/", number % 2, headers=chat[1])
        assert looked.status_code == 200, looked.text
    assert hosts.asked().get("poll_session", 0) - before <= 1


def starts(hosts: Hosts, address: str) -> tuple[list[int], bool]:
    """Starts at both hosts in turn, and whether they were all of one minute."""
    minute = time.time() // 60
    body = {"chatbot_id": hosts.limited}
    statuses = [
        hosts.call("POST", "start/", count % 2, json=body, address=address).status_code
        for count in range(8)
    ]
    return statuses, time.time() // 60 == minute


def test_limits_count_over_both_hosts_and_by_the_visitors_address(hosts):
    statuses, is_one_minute = starts(hosts, "198.51.100.1")
    if not is_one_minute:
        statuses, _is_one_minute = starts(hosts, "198.51.100.2")
    assert statuses == [201] * 6 + [429] * 2


def test_static_files_have_hashed_names_are_packed_and_may_be_kept(hosts):
    page = requests.get(f"http://127.0.0.1:{hosts.front}/", timeout=30)
    assert page.status_code == 200
    sheet = next(part for part in page.text.split('"') if part.endswith(".css"))
    got = requests.get(
        f"http://127.0.0.1:{hosts.front}{sheet}",
        headers={"Accept-Encoding": "br"},
        timeout=30,
    )
    assert got.status_code == 200
    assert got.headers["Content-Encoding"] == "br"
    assert "immutable" in got.headers["Cache-Control"]
    assert re.search(r"\.[0-9a-f]{12}\.css$", sheet)
    for packed in (got, page):
        # Else a cache between gives what is packed to whom can't unpack it.
        assert "Accept-Encoding" in packed.headers["Vary"]


def test_the_files_of_the_deployment_agree(hosts):
    compose = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    assert {"nginx", "web1", "web2", "postgres", "redis"} <= set(compose["services"])
    unit = (DEPLOY / "systemd" / "lantern-web.service").read_text()
    assert "--config deploy/gunicorn.conf.py example_project.wsgi" in unit
