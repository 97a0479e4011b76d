"""What a large upload costs a worker of a real deployment."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import requests

from tests.services.conftest import Deployment

pytestmark = [pytest.mark.services, pytest.mark.slow]

MEGABYTE = 1024 * 1024
SIZE = 50 * MEGABYTE
BOUNDARY = b"a-boundary"
HEAD = (
    b"--" + BOUNDARY + b'\r\nContent-Disposition: form-data; name="files"; filename="film.mp4"'
    b"\r\nContent-Type: video/mp4\r\n\r\n"
)
# How a film begins (ISO/IEC 14496-12).
BEGINNING = b"\0\0\0\x18ftypmp42"
TAIL = b"\r\n--" + BOUNDARY + b"--\r\n"


def workers(deployment: Deployment) -> list[int]:
    """The processes of the site's gunicorn, its master left out."""
    port = deployment.url.rpartition(":")[2]
    found = subprocess.run(
        ["pgrep", "--full", f"gunicorn.*127.0.0.1:{port}"],
        capture_output=True,
        text=True,
        check=True,
    )
    pids = [int(line) for line in found.stdout.split()]
    return [pid for pid in pids if memory(pid, "PPid") in pids]


def memory(pid: int, name: str) -> int:
    """A number of /proc/<pid>/status; sizes are in kilobytes."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def begin_peak(pid: int) -> int:
    """Let the peak begin at what is used now, and return that (proc(5), clear_refs)."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
    return memory(pid, "VmHWM")


def send(deployment: Deployment, session_id: str, token: dict[str, str], size: int):
    """Upload so many bytes, made while they are sent."""

    class Film:
        def __len__(self) -> int:
            return len(HEAD) + size + len(TAIL)

        def __iter__(self):
            yield HEAD + BEGINNING
            for start in range(len(BEGINNING), size, MEGABYTE):
                yield bytes(min(MEGABYTE, size - start))
            yield TAIL

    return requests.post(
        f"{deployment.url}/chatwidget/api/chat/{session_id}/upload/",
        data=Film(),
        headers={
            **token,
            "Content-Type": f"multipart/form-data; boundary={BOUNDARY.decode()}",
        },
        timeout=120,
    )


def test_50_megabytes_go_through_in_less_than_10_of_memory(deployment: Deployment) -> None:
    session_id, token = deployment.start()
    for _worker in range(8):  # every worker has done it once, small: its code is loaded
        assert send(deployment, session_id, token, 1000).status_code == 201
    before = {pid: begin_peak(pid) for pid in workers(deployment)}
    assert len(before) == 2

    taken = send(deployment, session_id, token, SIZE)
    assert taken.status_code == 201, taken.text
    assert taken.json()["files"][0]["size"] == SIZE

    grown = {pid: memory(pid, "VmHWM") - peak for pid, peak in before.items()}
    print(f"peak memory grew by {max(grown.values()) / 1024:.1f} MB")  # noqa: T201
    assert max(grown.values()) < 10 * 1024


def test_one_byte_too_many_is_refused(deployment: Deployment) -> None:
    session_id, token = deployment.start()
    refused = send(deployment, session_id, token, SIZE + 1)
    assert (refused.status_code, refused.json()["code"]) == (413, "files_too_large")
