"""Which recordings the fake and the demo bot claim to answer alike, and why not the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.conformance.recordings import Recording

# Sentences that differ; status, keys and codes are the same all the same.
OTHER_WORDS = frozenset(
    [
        *("A16f", "E2c", "M8d"),  # lists what is allowed, or the media type, in its own way
        *("C7c", "C7d", "C9"),  # what a bot says of its failure is the bot's
    ]
)

NEITHER = {
    "No part of the Chat API: other APIs and pages of the same server.": (
        "H1 H1b H1c H1d H2 H3 H3b H3c H3d H5 H5b"
    ),
    "Preflights and OPTIONS: the site calls, not a browser.": "A19 A19b D5 D5b M9",
    "A method that the endpoint doesn't have: the site never makes such a call.": "A17 B11c D4d",
    "The address below /api/v1/: the site uses the one that both dialects have.": "A17c",
    "A domain with a wildcard: a connection has one origin, which is allowed or is not.": "A5b",
    "Another kind of chatbot: unpublished, switched off, or with an allow-list of people.": (
        "A21 A22 A22b A23 A23b M4d M4e"
    ),
    "An embed key where a machine's token is required.": "A25b",
    "The body of the request or the answer is missing from the recording, or cut off.": (
        "B8 B8b B8c B8d E5"
    ),
    "Two tags on one message.": "C8d",
    "Data put into the server or its cache by hand, or a channel switched off midway.": (
        "C5b C9c C9e C9f F2 G1 G1b G1c"
    ),
    "A limit that is counted and not enforced.": "I1",
    "The server without its cache; `fail` with a `Response` of 500 says the same.": "J1 J2 J3",
    "A person's cookie, CSRF and membership.": "L1 L2 L3 L4 L5 L5b L6",
}
NOT_FAKE = {
    "Requests that the app's client cannot make: it sends well-formed JSON and multipart, all "
    "required fields, ids that servers gave it, and a limit of 1 or more.": (
        "A10 A10b A13c A13e A16 A16b A16c A16d A16e A16f A17b A17d B2c B2d B2f B2g B5d B5e "
        "B6 B6b B9b B11 B11b D3c D3e D3f D3g E3d M4c M7c"
    ),
    "Referer instead of Origin: the app's client sends Origin.": "A4b",
    "Other ways in besides the credential that the test requires.": "A20b A25 A25e",
    "Two ways to show one key: it knows the one that the test requires.": "E7e",
}
NOT_BOT = {
    "It speaks the 2026-08 dialect.": (
        "M1 M2 M2b M2c M3 M3b M3c M3d M4 M4b M4c M4f M5 M5b M5c M5d M5e M5f M6 M6b M6c M6d M6e "
        "M6f M7 M7b M7c M7d M8 M8b M8c M8d M8e"
    ),
    "It has one chatbot on one channel: no legacy channel, no OAuth.": "A20 B14 B14b A25c A25d",
    "It keeps everything that is said.": "B16 B16b C9d",
    "It attaches no files.": "C8i",
    "A task id that is no UUID: it gives UUIDs only.": "C4b",
    "Somebody else's Host: Django refuses it before the bot is asked.": "E7c",
    "It counts starts and never refuses one.": "I3.4",
}
NOT_COVERED: Mapping[str, Mapping[str, str]] = {
    "fake": NEITHER | NOT_FAKE,
    "bot": NEITHER | NOT_BOT,
}


def reasons(target: str) -> dict[str, str]:
    """Why a recording is not covered, by its id."""
    return {name: reason for reason, names in NOT_COVERED[target].items() for name in names.split()}


def table(recordings: Mapping[str, Recording]) -> Iterator[str]:
    """The lines of ``docs/reference/conformance.md``."""
    yield "# Conformance"
    yield ""
    yield (
        f"{len(recordings)} exchanges with two real servers are recorded in "
        "`tests/data/recorded.jsonl`. `tests/conformance` repeats each of these requests with "
        "the fake of `chatwidget.testing` and, over real HTTP, with the demo bot, and compares "
        "status, keys, codes and sentences, but not what a bot says. "
        "`tests/chatapi/test_recordings.py` feeds every recorded answer to the client."
    )
    yield ""
    yield "This page is made by `python -m tests.conformance`; a test keeps it true."
    for target, title in (("fake", "`FakeChatAPI`"), ("bot", "The demo bot")):
        missing = reasons(target)
        covered = [name for name in recordings if name not in missing]
        yield from ("", f"## {title}", "")
        yield f"Covered, {len(covered)} of {len(recordings)}: {', '.join(covered)}."
        yield from ("", "| not covered | why |", "|---|---|")
        for reason, names in NOT_COVERED[target].items():
            yield f"| {', '.join(names.split())} | {reason} |"
