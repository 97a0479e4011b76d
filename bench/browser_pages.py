"""The pages that `bench.browser` visits: one with nothing, one a widget, all of one site here.

Each file comes as brotli packs it (quality 11, once), as a web server with packed files would send
it; what the chat's own site answers goes through here, so that it comes the same way, and what any
cache may keep is kept here, as by one in front of a site. No call of a peer reaches anybody:
whatever else is asked for is answered by an empty object.
"""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from http.server import BaseHTTPRequestHandler
from mimetypes import guess_type
from urllib.parse import urlsplit

import brotli

from bench.running import ROOT
from tests.browser import host

PEERS = ROOT / "var" / "bench" / "npm" / "node_modules"
OCS = "open-chat-studio-widget/dist/open-chat-studio-widget"
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Shop</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/shop.css">{head}
</head><body><h1>Lantern Books</h1><p>{words}</p>{body}</body></html>
"""
SHEET = "body{margin:40px;font:16px/1.5 sans-serif;max-width:60ch}"
WORDS = "New books, old books, and books about books. " * 12
OURS = ("/chatwidget/", "/static/")
PASSED = ("Content-Type", "Content-Encoding", "Cache-Control", "ETag", "Vary")

# Its kind, its body, its status, and its other headers.
Answer = tuple[str, bytes, int, dict[str, str]]


@dataclass(frozen=True)
class Contender:
    """A page by its name, the selector of its launcher, and when, once clicked, one may type.

    The selector looks into a shadow root; ``ready`` is JavaScript. ``folder`` is what has to be
    installed for it.
    """

    name: str
    launcher: str
    ready: str = ""
    head: str = ""
    body: str = ""
    folder: str = ""

    @property
    def is_here(self) -> bool:
        """Whether what it needs is installed."""
        return not self.folder or (PEERS / self.folder).is_dir()


def contenders(widget: str) -> list[Contender]:
    """A page with nothing, one with ours, and one for each peer that npm serves."""
    return [
        Contender("plain page", "h1"),
        Contender(
            "ours",
            "chat-widget .launcher",
            "find('chat-widget iframe')?.contentDocument?.activeElement?.id === 'typed'",
            body=f'<script src="/chatwidget/{widget}/embed.js" async></script>',
        ),
        Contender(
            "open-chat-studio-widget 0.6.0",
            "open-chat-studio-widget button",
            "isSeen(find('open-chat-studio-widget textarea'))",
            head=f'<script type="module" src="/npm/{OCS}/open-chat-studio-widget.esm.js"></script>',
            body=f'<open-chat-studio-widget chatbot-id="{widget}" api-base-url="/mock">'
            "</open-chat-studio-widget>",
            folder="open-chat-studio-widget",
        ),
        Contender(
            "deep-chat 2.4.2 (no launcher)",
            "deep-chat #text-input",
            head='<script type="module" src="/npm/deep-chat/dist/deepChat.bundle.js"></script>',
            body='<deep-chat connect=\'{"url":"/mock"}\'></deep-chat>',
            folder="deep-chat",
        ),
        Contender(
            "@n8n/chat 1.37.0",
            ".chat-window-toggle",
            "isSeen(find('.chat-window textarea'))",
            head='<link rel="stylesheet" href="/npm/@n8n/chat/dist/style.css">',
            body='<script type="module">'
            'import { createChat } from "/npm/@n8n/chat/dist/chat.bundle.es.js";'
            'createChat({ webhookUrl: "/mock" });</script>',
            folder="@n8n/chat",
        ),
    ]


@lru_cache(maxsize=512)
def packed(body: bytes) -> bytes:
    """``body`` as brotli packs it."""
    return bytes(brotli.compress(body, quality=11))


@contextmanager
def serving(site: str, pages: list[Contender]) -> Iterator[str]:
    """Serve the pages, the peers' files, and the chat's ``site`` behind them; yield the address."""
    upstream = urlsplit(site).netloc
    named = {f"/{number}": page for number, page in enumerate(pages)}
    kept: dict[str, Answer] = {}

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            if path.startswith(OURS):
                self.forward()
            elif page := named.get(path):
                text = PAGE.format(head=page.head, body=page.body, words=WORDS)
                self.send("text/html; charset=utf-8", text.encode())
            elif path == "/shop.css":
                self.send("text/css", SHEET.encode())
            elif path.startswith("/npm/") and (file := PEERS / path[5:]).is_file():
                kind = "text/javascript" if file.suffix == ".mjs" else guess_type(file)[0]
                self.send(kind or "application/octet-stream", file.read_bytes())
            else:
                self.send("application/json", b"{}")

        do_POST = do_GET  # noqa: N815

        def forward(self) -> None:
            if answer := kept.get(self.path):
                self.send(*answer)
                return
            length = int(self.headers.get("Content-Length") or 0)
            headers = {**dict(self.headers), "Host": upstream, "Connection": "close"}
            there = http.client.HTTPConnection(upstream)
            there.request(self.command, self.path, self.rfile.read(length), headers)
            got = there.getresponse()
            own = {
                name: text
                for name, text in got.getheaders()
                if name in PASSED or name.startswith("X-Chat")
            }
            answer = own.pop("Content-Type", ""), got.read(), got.status, own
            there.close()
            if "public" in own.get("Cache-Control", ""):
                kept[self.path] = answer
            self.send(*answer)

        def send(
            self, kind: str, body: bytes, status: int = 200, headers: dict[str, str] | None = None
        ) -> None:
            self.send_response(status)
            headers = {"Content-Type": kind, **(headers or {})}
            if "Content-Encoding" not in headers and status == 200:
                body = packed(body)
                headers["Content-Encoding"] = "br"
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with host.serving(Handler) as port:
        yield f"http://127.0.0.1:{port}"
