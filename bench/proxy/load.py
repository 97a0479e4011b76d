"""Requests over keep-alive connections, and what they took: in seconds, and in a server's CPU."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Ask:
    """A request, and the status that its answer must have."""

    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 200

    def raw(self, host: str) -> bytes:
        """Return it as it goes out."""
        lines = [f"{self.method} {self.path} HTTP/1.1", f"Host: {host}"]
        fields = {"Accept": "application/json", **self.headers}
        if self.body:
            fields |= {"Content-Type": "application/json", "Content-Length": str(len(self.body))}
        lines += [f"{name}: {value}" for name, value in fields.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


class Wire:
    """A connection that is made again where the server closed it."""

    def __init__(self, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self._port, self._socket = port, self._connected(port)

    @staticmethod
    def _connected(port: int) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", port), timeout=60)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def ask(self, ask: Ask) -> tuple[float, bytes]:
        """Return the seconds until the whole answer was there, and its body."""
        raw = ask.raw(self.host)
        started = time.perf_counter()
        self._socket.sendall(raw)
        status, body, closes = self._answer()
        took = time.perf_counter() - started
        assert status == ask.status, (status, ask.path, body[:300])
        if closes:
            self._socket.close()
            self._socket = self._connected(self._port)
        return took, body

    def close(self) -> None:
        """End the connection."""
        self._socket.close()

    def _answer(self) -> tuple[int, bytes, bool]:
        data = b""
        while b"\r\n\r\n" not in data:
            data += self._more()
        head, _end, body = data.partition(b"\r\n\r\n")
        lines = head.decode().lower().split("\r\n")
        fields = dict(line.split(": ", 1) for line in lines[1:])
        if fields.get("transfer-encoding") == "chunked":
            while not body.endswith(b"0\r\n\r\n"):
                body += self._more()
        while len(body) < int(fields.get("content-length", 0)):
            body += self._more()
        return int(lines[0].split()[1]), body, fields.get("connection") == "close"

    def _more(self) -> bytes:
        data = self._socket.recv(65536)
        assert data, "the connection was closed"
        return data


@dataclass(frozen=True)
class Measured:
    """What a batch took, by request."""

    requests: int
    seconds: float
    latencies: Sequence[float]
    cpu: float


def batch(port: int, asks: Iterable[Ask], pids: Sequence[int], connections: int = 1) -> Measured:
    """Ask for all, over so many connections at once."""
    shares: list[list[Ask]] = [[] for _ in range(connections)]
    for number, ask in enumerate(asks):
        shares[number % connections].append(ask)
    wires = [Wire(port) for _ in shares]
    busy, started = cpu(pids), time.perf_counter()
    with ThreadPoolExecutor(connections) as threads:
        took = list(threads.map(_all, wires, shares))
    seconds = time.perf_counter() - started
    for wire in wires:
        wire.close()
    latencies = [each for share in took for each in share]
    return Measured(len(latencies), seconds, latencies, cpu(pids) - busy)


def _all(wire: Wire, asks: Sequence[Ask]) -> list[float]:
    return [wire.ask(ask)[0] for ask in asks]


def tree(pid: int) -> list[int]:
    """Return a process and all that it started."""
    found = [pid]
    for each in found:
        found += map(int, Path(f"/proc/{each}/task/{each}/children").read_text().split())
    return found


def cpu(pids: Iterable[int]) -> float:
    """Return the seconds that processes have computed, to the nanosecond."""
    total = 0
    for pid in pids:
        for path in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            with suppress(FileNotFoundError):  # a thread that has just ended
                total += int(path.read_text().split()[0])
    return total / 1e9


def memory(pids: Iterable[int]) -> float:
    """Return the megabytes of processes, what they share counted once (PSS)."""
    rollups = (Path(f"/proc/{pid}/smaps_rollup").read_text() for pid in pids)
    lines = (line for text in rollups for line in text.splitlines() if line.startswith("Pss:"))
    return sum(int(line.split()[1]) for line in lines) / 1024
