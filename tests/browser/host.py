"""A second site for the browser: pages of `pages/`, served on `localhost`, that embed our widget.

A host page says `$site` for the chat's site and `$widget` for the widget's public id, which a
test may choose with `?widget=…`; `?coep` isolates the page.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from string import Template
from urllib.parse import parse_qs, urlsplit

PAGES = Path(__file__).parent / "pages"
ISOLATED = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Opener-Policy": "same-origin",
}
NONE: Mapping[str, str] = {}
LANTERN = "11111111-1111-4111-8111-111111111111"


@contextmanager
def host_site(site: str) -> Iterator[str]:
    """Serve the host pages for the chat at ``site``; yields their own address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            page = PAGES / Path(address.path).name
            if not page.is_file():
                # A browser asks for a favicon by itself, and would complain of a 404.
                self.answer(204, b"")
                return
            query = parse_qs(address.query, keep_blank_values=True)
            widget = query.get("widget", [LANTERN])[0]
            text = Template(page.read_text()).safe_substitute(site=site, widget=widget)
            self.answer(200, text.encode(), ISOLATED if "coep" in query else {})

        def answer(self, status: int, body: bytes, headers: Mapping[str, str] = NONE) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            if status != 204:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    with serving(Handler) as port:
        yield f"http://localhost:{port}"


@contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[int]:
    """Let ``handler`` answer on loopback until the end of the block; yields the port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
