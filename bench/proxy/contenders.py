"""The contenders: how each is started, and how it is asked for a message and a poll."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import certifi

from bench.proxy.load import Ask, Wire, tree
from bench.running import ROOT, free_port, manage, process

SAYS = json.dumps({"message": "When are you open on Saturdays?"}).encode()
VENV = ROOT / "var" / "bench" / "venv" / "bin" / "python"
CHATS = 100
NGINX = """
daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.log; worker_processes 2;
events {{ worker_connections 512; }}
http {{
    access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
    keepalive_requests 1000000;
    proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header X-api-key key;
    proxy_ssl_verify on; proxy_ssl_trusted_certificate {bundle}; proxy_ssl_name localhost;
    {upstreams}
    server {{ listen 127.0.0.1:{port}; {locations} }}
}}
"""


@dataclass
class Contender:
    """A server that is running, and the chats that are held with it, by upstream."""

    name: str
    port: int
    pid: int
    message: Callable[[Chat], Ask]
    poll: Callable[[Chat], Ask]
    chats: dict[str, list[Chat]] = field(default_factory=dict)

    @property
    def pids(self) -> list[int]:
        """The processes of it; none where their CPU is nobody's concern."""
        return tree(self.pid) if self.pid else []


@dataclass
class Chat:
    """A chat with a contender: where it is, and its last task."""

    upstream: str
    id: str
    token: str = ""
    task: str = ""
    widget: str = ""


@dataclass(frozen=True)
class Surroundings:
    """What all contenders share."""

    environment: Mapping[str, str]
    upstreams: Mapping[str, str]
    folder: Path

    def of(self, name: str) -> dict[str, str]:
        """The environment of one contender."""
        return {**self.environment, "BENCH_CONTENDER": name}


@contextmanager
def surroundings(database: str, cache: str) -> Iterator[tuple[Surroundings, int]]:
    """Start the upstream; give what contenders share, and the upstream's plain port."""
    with tempfile.TemporaryDirectory() as name:
        folder, ports = Path(name), [free_port() for _ in range(3)]
        certificate, bundle = _certificate(folder)
        plain, slow, secure = (f"http://127.0.0.1:{port}" for port in ports)
        secure = f"https://localhost:{ports[2]}"
        environment = {
            **os.environ,
            "BENCH_UPSTREAMS": f"{plain} {slow} {secure}",
            "DATABASE_URL": database,
            "DJANGO_SETTINGS_MODULE": "bench.proxy.settings",
            "NO_PROXY": "*",
            "REDIS_URL": cache,
            "REQUESTS_CA_BUNDLE": str(bundle),
            "SSL_CERT_FILE": str(bundle),
        }
        command = ["-m", "bench.proxy.upstream", *map(str, ports), str(certificate)]
        with process(command, environment, plain, folder):
            upstreams = {"plain": plain, "slow": slow, "tls": secure}
            yield Surroundings(environment, upstreams, folder), ports[0]


def _certificate(folder: Path) -> tuple[Path, Path]:
    """Make a certificate, and the bundle of all known ones and it."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    command += ["-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
    command += ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    bundle = folder / "bundle.pem"
    bundle.write_text(Path(certifi.where()).read_text() + certificate.read_text())
    certificate.write_text(key.read_text() + certificate.read_text())
    return certificate, bundle


def direct(port: int) -> Contender:
    """The upstream itself, as if it were one."""
    chats = [Chat("plain", str(uuid.uuid4())) for _ in range(CHATS)]
    made = Contender("direct", port, 0, *_asks("/api/chat"))
    made.chats["plain"] = chats
    return made


def all_of(here: Surroundings, running: ExitStack) -> list[Contender]:
    """Start every contender that this machine has."""
    started = [nginx(here, running), revproxy(here, running)]
    manage(here.of("guarded"), "migrate", "--run-syncdb", "--verbosity", "0")
    started += [django(here, running, name) for name in ("naive", "pooled", "guarded")]
    manage(here.of("ours"), "migrate", "--verbosity", "0")
    started.append(ours(here, running))
    return [each for each in started if each is not None]


def nginx(here: Surroundings, running: ExitStack) -> Contender | None:
    """Start nginx, which only puts the key in."""
    program = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        return None
    port, folder = free_port(), here.folder
    pools = [(name, *url.split("://")) for name, url in here.upstreams.items()]
    text = NGINX.format(
        folder=folder,
        bundle=here.environment["SSL_CERT_FILE"],
        port=port,
        upstreams=" ".join(f"upstream {n} {{ server {at}; keepalive 64; }}" for n, _, at in pools),
        locations=" ".join(
            f"location /{name}/ {{ proxy_pass {scheme}://{name}/api/chat/; }}"
            for name, scheme, _ in pools
        ),
    )
    config = folder / "nginx.conf"
    config.write_text(text)
    command = [program, "-c", str(config), "-e", f"{folder}/nginx.log"]
    url = f"http://127.0.0.1:{port}"
    pid = running.enter_context(process(command, here.of("nginx"), url, folder, python=()))
    return _plain("b nginx", port, pid, here)


def revproxy(here: Surroundings, running: ExitStack) -> Contender | None:
    """Start django-revproxy, in the environment that `make bench-setup` made."""
    if not VENV.exists():
        return None
    environment = here.of("revproxy") | {"PYTHONPATH": str(ROOT)}
    return _gunicorn(here, running, "c django-revproxy", environment, str(VENV))


def django(here: Surroundings, running: ExitStack, name: str) -> Contender:
    """Start one of the views that people write."""
    letter = {"naive": "d", "pooled": "e", "guarded": "i"}[name]
    made = _gunicorn(here, running, f"{letter} {name}", here.of(name), sys.executable)
    if name == "guarded":
        chats = [chat for each in made.chats.values() for chat in each]
        for chat in chats:
            chat.token = uuid.uuid4().hex
        rows = json.dumps([(chat.id, chat.token) for chat in chats])
        code = (
            "from bench.proxy.models import *; import json; bot = Bot.objects.create();"
            "Chat.objects.bulk_create("
            f"Chat(id=i, token=t, bot=bot) for i, t in json.loads({rows!r}))"
        )
        manage(here.of(name), "shell", "--no-imports", "-c", code)
    return made


def ours(
    here: Surroundings,
    running: ExitStack,
    workers: int = 2,
    upstreams: Sequence[str] = ("plain", "slow", "tls"),
    chats: int = CHATS,
) -> Contender:
    """Start the app, and chats with a widget for each upstream."""
    made = _gunicorn(here, running, "ours", here.of("ours"), sys.executable, workers)
    made.message, made.poll = _mirror()
    wire = Wire(made.port)
    for name in upstreams:
        arguments = [
            "--base-url",
            here.upstreams[name],
            "--chatbot-id",
            str(uuid.uuid4()),
            "--auth",
            "api_key",
        ]
        label = f"{name} {workers}"
        add = ["chatwidget_add", label, *arguments, "--credential", "key", "--json"]
        widget = json.loads(manage(here.of("ours"), *add))["public_id"]
        body = json.dumps({"chatbot_id": widget}).encode()
        start = Ask("POST", "/chatwidget/api/chat/start/", body, status=201)
        answers = [json.loads(wire.ask(start)[1]) for _ in range(chats)]
        made.chats[name] = [
            Chat(name, each["session_id"], each["session_token"], widget=widget) for each in answers
        ]
    wire.close()
    return made


def html_poll(chat: Chat) -> Ask:
    """The poll as the chat page makes it."""
    headers = {"X-Session-Token": chat.token, "HX-Request": "true"}
    return Ask("GET", f"/chatwidget/{chat.widget}/replies/{chat.task}/", headers=headers)


def _gunicorn(
    here: Surroundings,
    running: ExitStack,
    name: str,
    environment: dict[str, str],
    python: str,
    workers: int = 2,
) -> Contender:
    port = free_port()
    options = ["--bind", f"127.0.0.1:{port}", "--workers", str(workers), "--threads", "8"]
    options += ["--worker-class", "gthread", "--keep-alive", "75", "--preload"]
    command = ["-m", "gunicorn", "django.core.wsgi:get_wsgi_application()", *options]
    url = f"http://127.0.0.1:{port}"
    pid = running.enter_context(process(command, environment, url, here.folder, python=(python,)))
    return _plain(name, port, pid, here)


def _plain(name: str, port: int, pid: int, here: Surroundings) -> Contender:
    made = Contender(name, port, pid, *_asks(""))
    for upstream in here.upstreams:
        made.chats[upstream] = [Chat(upstream, str(uuid.uuid4())) for _ in range(CHATS)]
    return made


def _asks(prefix: str) -> tuple[Callable[[Chat], Ask], Callable[[Chat], Ask]]:
    def start(chat: Chat) -> str:
        return f"{prefix or f'/{chat.upstream}'}/{chat.id}"

    def message(chat: Chat) -> Ask:
        return Ask("POST", f"{start(chat)}/message/", SAYS, _token(chat), 202)

    def poll(chat: Chat) -> Ask:
        return Ask("GET", f"{start(chat)}/{chat.task or chat.id}/poll/", headers=_token(chat))

    return message, poll


def _mirror() -> tuple[Callable[[Chat], Ask], Callable[[Chat], Ask]]:
    return _asks("/chatwidget/api/chat")


def _token(chat: Chat) -> dict[str, str]:
    return {"X-Session-Token": chat.token} if chat.token else {}
