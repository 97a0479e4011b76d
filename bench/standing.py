"""A whole site for benches of load: a web server, PostgreSQL, Redis, and a Chat API behind it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.running import free_port, make_widget, manage, process

GTHREAD = ("-m", "gunicorn", "bench.site", "--worker-class", "gthread", "--preload")
GTHREAD_2X8 = (*GTHREAD, "--workers", "2", "--threads", "8", "--bind", "127.0.0.1:{port}")


@dataclass(frozen=True)
class Standing:
    """Addresses of the Chat API and the site, the widget, and the site's first process."""

    bot: str
    url: str
    widget: str
    master: int


@contextmanager
def standing(
    services: tuple[str, str],
    directory: Path,
    *,
    call: float,
    reply: str,
    settings: Mapping[str, object] = {},
    serve: Sequence[str] = GTHREAD_2X8,
) -> Iterator[Standing]:
    """Run the site on empty services; ``call`` and ``reply`` are seconds of `even_server`."""
    environment = {
        **os.environ,
        "BENCH_SETTINGS": json.dumps(settings),
        "CALL_SECONDS": str(call),
        "DATABASE_URL": services[0],
        "DEBUG": "0",
        "DJANGO_SETTINGS_MODULE": "example_project.settings",
        "REDIS_URL": services[1],
        "REPLY_SECONDS": reply,
        "SECRET_KEY": "only-for-benchmarks-0123456789-abcdefghijklmnopqr",
    }
    bot_port, port = free_port(), free_port()
    bot, site = f"http://127.0.0.1:{bot_port}", f"http://127.0.0.1:{port}"
    manage(environment, "migrate", "--verbosity", "0", "--skip-checks")
    widget = make_widget(environment, bot)
    even = ["-m", "uvicorn", "bench.even_server:app", "--port", str(bot_port)]
    even += ["--log-level", "warning", "--timeout-graceful-shutdown", "1"]
    with ExitStack() as running:
        running.enter_context(process(even, environment, bot, directory))
        arguments = [part.format(port=port) for part in serve]
        master = running.enter_context(process(arguments, environment, site, directory))
        yield Standing(bot, site, widget, master)
