"""Uploads: what goes over the wire, how much of it is in memory, and what cannot be smuggled in."""

from __future__ import annotations

import io
import socket
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http.multipartparser import MultiPartParser
from django.http.request import QueryDict
from hypothesis import given
from hypothesis import strategies as st

from chatwidget.chatapi import ChatAPI, FileToSend, SessionRef, UploadedFile, errors
from chatwidget.chatapi.client import FILE_TIMEOUT
from chatwidget.chatapi.multipart import CHUNK, Multipart
from tests.chatapi.conftest import http

SESSION = SessionRef("a-session", "a-token")
TAKEN = {"files": [{"id": 7, "name": "a.txt", "size": 2, "content_type": "text/plain"}]}
MEGABYTE = 1024 * 1024


def note(body=(b"hi",), size=2, name="a.txt", content_type="text/plain"):
    return FileToSend(name, content_type, size, body)


def parsed(body: Multipart):
    """Read a form as Django does, which is what the real server runs."""
    handler = MemoryFileUploadHandler()
    meta = {"CONTENT_TYPE": body.content_type, "CONTENT_LENGTH": str(len(body))}
    fields, files = MultiPartParser(meta, io.BytesIO(b"".join(body)), [handler]).parse()
    assert fields == QueryDict()
    assert set(files) <= {"files"}
    return [(file.name, file.content_type, file.read()) for file in files.getlist("files")]


def test_files_go_as_one_form(server, api):
    server.reply(http(201, TAKEN))
    assert api.upload(SESSION, [note(), note([b"a,", b"b"], 3, "b.csv", "text/csv")]) == (
        UploadedFile(7, "a.txt", 2, "text/plain"),
    )
    request = server.requests[0]
    assert (request.method, request.target) == ("POST", "/api/chat/a-session/upload/")
    assert request.headers["x-session-token"] == "a-token"
    assert "transfer-encoding" not in request.headers
    assert int(request.headers["content-length"]) == len(request.body)
    boundary = request.headers["content-type"].partition("boundary=")[2]
    assert request.body.decode().replace(boundary, "B").split("\r\n") == [
        "--B",
        'Content-Disposition: form-data; name="files"; filename="a.txt"',
        "Content-Type: text/plain",
        "",
        "hi",
        "--B",
        'Content-Disposition: form-data; name="files"; filename="b.csv"',
        "Content-Type: text/csv",
        "",
        "a,b",
        "--B--",
        "",
    ]


@pytest.mark.parametrize(("options", "seconds"), [({}, FILE_TIMEOUT), ({"total_timeout": 7}, 7)])
def test_an_upload_has_more_time_than_other_calls(server, transport, monkeypatch, options, seconds):
    server.reply(http(201, TAKEN))
    send, patience = transport.send, []

    def timed(outgoing, timeouts):
        patience.append(timeouts.total)
        return send(outgoing, timeouts)

    monkeypatch.setattr(transport, "send", timed)
    ChatAPI(server.url, transport=transport).upload(SESSION, [note()], **options)
    assert patience == [seconds]


def test_an_open_file_is_read_in_pieces():
    data = bytes(range(256)) * 1024
    body = Multipart([note(io.BytesIO(data), len(data), "a.bin", "application/x-thing")])
    assert max(map(len, body)) == CHUNK
    again = Multipart([note(io.BytesIO(data), len(data), "a.bin", "application/x-thing")])
    assert parsed(again) == [("a.bin", "application/x-thing", data)]


def test_an_empty_file_is_a_file():
    assert parsed(Multipart([note([], 0)])) == [("a.txt", "text/plain", b"")]


@pytest.mark.parametrize("body", [[b"h"], [b"hi", b"!"], [b"hi!"], []])
def test_a_file_of_another_length_ends_the_call_and_its_connection(body, server, api):
    with pytest.raises(ValueError, match="not as long as was said"):
        api.upload(SESSION, [note(body)])
    server.reply(http(201, TAKEN))
    api.upload(SESSION, [note()])
    assert [request.target for request in server.requests] == ["/api/chat/a-session/upload/"]
    assert server.connections == 2


def test_a_file_that_cannot_be_read_is_no_fault_of_the_server(server, api):
    def broken():
        yield b"h"
        raise ConnectionResetError("the visitor left")

    with pytest.raises(ValueError, match="could not be read"):
        api.upload(SESSION, [note(broken())])
    assert server.requests == []


def test_no_repr_holds_what_is_in_the_file():
    assert "s3cret" not in repr(note([b"s3cret"]))


@given(
    name=st.text(st.characters(), max_size=60)
    | st.text(st.sampled_from('a."\r\n\\/;:-\0\t\x85\u2028\ud800'), max_size=20),
    content_type=st.text(st.characters(), max_size=30)
    | st.sampled_from(
        ["text/plain; charset=x", "TEXT/HTML", "a/b\r\nX: y", "a/b\r\n\r\nevil", "/"]
    ),
    data=st.binary(max_size=200),
)
def test_no_name_and_no_type_leave_their_place_in_the_header(name, content_type, data):
    body = Multipart([note([data], len(data), name, content_type), note()])
    raw = b"".join(body)
    head = raw.partition(b"\r\n\r\n")[0].decode().split("\r\n")
    assert len(raw) == len(body)
    assert len(head) == 3
    assert head[1].startswith('Content-Disposition: form-data; name="files"; filename="')
    assert head[1].count('"') == 4
    assert head[1].isprintable()
    assert "/" not in head[1].partition("filename=")[2]
    again = Multipart([note([data], len(data), name, content_type), note()])
    (_, _, found), (_, _, last) = parsed(again)
    assert (found, last) == (data, b"hi")


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("../../etc/passwd", "passwd"),
        (r"C:\Users\Zoë\note.txt", "note.txt"),
        ("Zoë 文.txt", "Zoë 文.txt"),
        ('a".txt', "a%22.txt"),
        ("a\r\nX: y", "a__X: y"),
        ("a\ud800.txt", "a_.txt"),
        ("a\u2028\u200b.txt", "a__.txt"),
        ("..", "file"),
        ("", "file"),
        ("folder/", "file"),
        ("a" * 100_000 + ".txt", "a" * 251 + ".txt"),
    ],
    ids=range(11),
)
def test_a_file_keeps_its_own_name_alone(name, sent):
    raw = b"".join(Multipart([note(name=name)])).decode()
    assert f'filename="{sent}"' in raw


# --- over slow, deaf and hasty servers ----------------------------------------------------------


@contextmanager
def listening(serve) -> Iterator[str]:
    """Serve one connection by hand."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            sock, _ = listener.accept()
            with sock:
                serve(sock)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(10)


def large(size=20 * MEGABYTE):
    return [note((bytes(CHUNK) for _ in range(size // CHUNK)), size)]


def test_a_server_that_does_not_read_is_given_up(transport):
    done = threading.Event()
    with listening(lambda sock: done.wait(10)) as url:
        api = ChatAPI(url, transport=transport, read_timeout=0.3)
        with pytest.raises(errors.TimedOut) as caught:
            api.upload(SESSION, large())
        done.set()
    assert str(caught.value) == "timed_out: POST upload: no answer in time"
    assert caught.value.may_have_arrived


def test_a_server_that_reads_in_sips_is_given_up_at_the_deadline(transport):
    done = threading.Event()

    def sip(sock):
        while not done.wait(0.02) and sock.recv(64 * CHUNK):
            pass

    with listening(sip) as url:
        api = ChatAPI(url, transport=transport)
        with pytest.raises(errors.TimedOut):
            api.upload(SESSION, large(2000 * MEGABYTE), total_timeout=0.5)
        done.set()


def test_a_refusal_that_comes_before_all_was_sent_is_heard(transport):
    def refuse(sock):
        sock.recv(CHUNK)
        sock.sendall(http(413, {"error": "Too large."}, Connection="close"))
        sock.shutdown(socket.SHUT_WR)
        while sock.recv(CHUNK * 16):
            pass

    with listening(refuse) as url, pytest.raises(errors.Rejected) as caught:
        ChatAPI(url, transport=transport).upload(SESSION, large())
    assert (caught.value.status, caught.value.detail) == (413, "Too large.")


MEASURE = """
import re, sys
from pathlib import Path
from chatwidget.chatapi import ChatAPI, FileToSend, SessionRef

api, session = ChatAPI(sys.argv[1]), SessionRef("s", "t")

def upload(size):
    with open(sys.argv[2], "rb") as file:
        api.upload(session, [FileToSend("a.bin", "application/x-thing", size, file)])

def download(size):
    with api.download(f"/file/{size}") as file:
        assert sum(map(len, file)) == file.size == size

def peak():
    # Not getrusage: there the peak of the process that started this one counts, too.
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])

size = int(sys.argv[3])
api.upload(session, [FileToSend("a.bin", "application/x-thing", 2, [b"hi"])])
download(2)
before = peak()
upload(size)
download(size)
print(peak() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from Linux")
def test_50_megabytes_take_less_than_10_of_memory_up_and_down(tmp_path):
    size, counted = 50 * MEGABYTE, []
    file = tmp_path / "large.bin"
    with file.open("wb") as made:
        made.truncate(size)

    def count(sock):
        stream = sock.makefile("rb")
        while begin := stream.readline():
            headers = dict(
                header.decode().lower().strip().split(": ")
                for header in iter(stream.readline, b"\r\n")
            )
            if begin.startswith(b"GET"):
                left = int(begin.split()[1].rpartition(b"/")[2])
                sock.sendall(http(200, b"", "text/plain", Content_Length=str(left)))
                for _ in range(left // CHUNK):
                    sock.sendall(bytes(CHUNK))
                sock.sendall(bytes(left % CHUNK))
            else:
                left = int(headers["content-length"])
                counted.append(left)
                while left:
                    left -= len(stream.read(min(left, CHUNK)))
                sock.sendall(http(201, TAKEN))

    with listening(count) as url:
        command = [sys.executable, "-c", textwrap.dedent(MEASURE), url, str(file), str(size)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    assert counted[-1] > size
    assert int(done.stdout) < 10 * 1024, f"{done.stdout} KB"
