"""``docs/reference/faults.md``, made of the table."""

from __future__ import annotations

from pathlib import Path

from tests.faults.table import CALLS, FAULTS, LEVELS, NO_TROUBLE, STATUS, words_of

DOC = Path(__file__).resolve().parents[2] / "docs" / "reference" / "faults.md"
BEGINNING = """# When the server fails

What each fault of a Chat API server leads to, by the call that meets it. Made by
`python -m tests.faults`; `tests/faults/` meets each of them over real sockets, on the JSON
mirror and on the chat page.

Whatever happens, a visitor reads our own words and never the server's, except those of a bot that
answers with an error. Nothing typed is lost: a message that did not go through stays in the log
with "Try again" or "Send again" and "Edit". A client of the mirror may send it again with the same
`Idempotency-Key`: it is never sent twice.

## What the mirror answers

The status and the `code`; `ok` where the fault does no harm, `-` where the call can't meet it.
"""
WORDS_HEAD = """
## What they mean

`error` has these words, and so has the chat page, except in two cases. While the page waits for an
answer it says "We're having trouble reaching the assistant. Still trying." and asks again more and
more slowly. When it can't load the history it says "Your earlier messages can't be loaded right
now." with "Try again". A session that has expired is followed by a new one, with a line that says
so.

| code | words | logged as |
|---|---|---|
"""
ENDING = """
`message_unconfirmed` comes with `Retry-After` while the history is watched for the message: ask
with the same `Idempotency-Key` again, and the answer is 202 once the message shows there. Without
`Retry-After` it is no longer watched for; a new key sends it again. A task that can't be polled is
given up after `REPLY_DEADLINE` seconds (`reply_overdue`), once the history has no answer either.

## What the history may be like

| history | what is shown |
|---|---|
| an answer of more than 8 MB | all of it: it is asked for again with a smaller `limit` |
| one message of more than 4,000,000 characters, up to 32 MB | its beginning, and "…" |
| one message of more than 32 MB | `bad_response`: the history can't be read |
| `has_more` that never ends | what is new, of at most 40 calls for each look |
| a server that ignores `since` | each message once |
| two messages with the same time stamp | both: no page ends between them |
| a clock that is an hour off | everything, in the server's own order |

## When it fails on and on

After `SERVER_FAILURES` failures in a row a server is left alone for `SERVER_REST` seconds, and no
more than `SERVER_CALLS` calls are on their way to it at once: see
[overload](../how-to/operations.md#overload). A call beyond that gets 503 `server_unavailable` or
503 `server_busy` at once, with `Retry-After`, and nothing was sent. A poll beyond the bound is
answered as "processing", and the history as it was at the last look.

## The line in the log

One line for each call that failed, from the logger `chatwidget`, without words, secrets or
addresses:

    call failed: widget=… session=… call=send kind=timed_out status=- code=- ms=9 request=… reason=…

`kind` is the kind of failure, `status` the server's status, `code` the server's code if it is a
single word, and `reason` what happened in our own words, such as "name not found", "TLS failed" or
"connection failed". INFO is part of a conversation, WARNING the server's trouble, ERROR something
that only an admin can mend.
"""


def document() -> str:
    """Return the page of the docs."""
    lines = ["", f"| the server | {' | '.join(CALLS)} |", "|---|---|---|---|---|"]
    for fault in FAULTS:
        cells = (_cell(fault.codes.get(call)) for call in CALLS)
        lines.append(f"| {fault.name} | {' | '.join(cells)} |")
    words = [
        f"| `{code}` | {BOT_TALKS if code == 'bot_error' else words_of(code)} "
        f"| {LEVELS.get(code, 'WARNING')} |"
        for code in STATUS
    ]
    return BEGINNING + "\n".join([*lines, ""]) + WORDS_HEAD + "\n".join([*words, ""]) + ENDING


BOT_TALKS = "the bot's own"


def _cell(code: str | None) -> str:
    if code is None:
        return "-"
    return code if code == NO_TROUBLE else f"{STATUS[code]} `{code}`"
