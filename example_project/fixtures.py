"""The demo's rows: its Chat API server, its widget and its admin.

What is missing is made. What an admin changed since stays, except where the demo's own server is:
that moves with the port.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model

from chatwidget import crypto
from chatwidget.models import ChatServer, Widget
from example_project.demo_bot import conf

WIDGET_ID = UUID("11111111-1111-4111-8111-111111111111")
SECOND_ID = UUID("22222222-2222-4222-8222-222222222223")
EVERYTHING_ID = UUID("55555555-5555-4555-8555-555555555555")
SERVER_NAME = "Demo bot"
STARTERS = (
    "When are you open today?",
    "Recommend me a book",
    "How does delivery work?",
    "How do I put this chat on my own site?",
)

MORE: Sequence[tuple[UUID, str, dict[str, Any]]] = (
    (
        UUID("22222222-2222-4222-8222-222222222222"),
        "lantern-orders",
        {
            "title": "Lantern Books orders",
            "accent": "#7a3e9d",
            "welcome_messages": ["Questions about an order?", "We look them up together."],
            "banner": "Parcels to the islands take **two days longer** this week.",
            "banner_tone": Widget.Tone.WARNING,
            "form_words": "So that we can find your order:",
            "asks_name": Widget.Asked.OPTIONAL,
            "asks_email": Widget.Asked.REQUIRED,
            "form_questions": [
                "topic* | What is it about? | choice | An order; A return; Something else",
                "order | Order number",
            ],
            "consent_text": "We keep what you write for 30 days, to answer you.",
            "consent_link": "https://www.example.com/privacy",
            "consent_version": "1",
        },
    ),
    (
        UUID("33333333-3333-4333-8333-333333333333"),
        "lantern-tea",
        {
            "title": "Lantern Tea Room",
            "accent": "#9a4a1c",
            "welcome_messages": ["Book a table or ask about cakes."],
            "banner": "New: **scones** on Sundays.",
            "banner_place": Widget.Place.BOTTOM,
            "hours": ["Fri,Sat 23:58-23:59"],
            "holidays": ["12-25 to 12-26"],
        },
    ),
    (
        UUID("44444444-4444-4444-8444-444444444444"),
        "lantern-archive",
        {
            "title": "Lantern archive",
            "welcome_messages": ["What you wrote here before stays yours to read."],
            "is_read_only": True,
            "read_only_words": "This chat has moved to our shop. Your messages can be read here.",
        },
    ),
)


def load(site: str) -> Widget:
    """Make or refresh the demo's rows, with the bot at `site` (scheme, host and port)."""
    load_admin()
    server = load_server(site)
    widget, _ = Widget.objects.get_or_create(
        public_id=WIDGET_ID,
        defaults={
            "server": server,
            "name": "Lantern Books",
            "slug": "lantern",
            "chatbot_id": conf.CHATBOT_ID,
            "title": "Lantern Books",
            "subtitle": "Typically replies in a second",
            "welcome_messages": [
                "Hello. Ask me about books, opening hours or delivery, or about this chat itself."
            ],
            "starter_questions": list(STARTERS),
            "accent": "#1f6f5c",
            "allowed_origins": ["*"],
            "allows_seed_clients": True,
        },
    )
    load_second(server)
    load_everything(server)
    load_more(server)
    return widget


def load_second(server: ChatServer) -> None:
    """A widget for the page that has two, in another corner and colour."""
    Widget.objects.get_or_create(
        public_id=SECOND_ID,
        defaults={
            "server": server,
            "name": "Second-hand books",
            "slug": "second-hand",
            "chatbot_id": conf.CHATBOT_ID,
            "title": "Second-hand books",
            "accent": "#7a3b69",
            "position": "bottom-left",
            "greeting": "Looking for something out of print?",
            "greeting_delay": 1,
            "allowed_origins": ["*"],
        },
    )


def load_everything(server: ChatServer) -> None:
    """A second widget, with all switched on that costs a visitor bytes."""
    Widget.objects.get_or_create(
        public_id=EVERYTHING_ID,
        defaults={
            "server": server,
            "name": "Lantern Books with everything",
            "slug": "lantern-everything",
            "chatbot_id": conf.CHATBOT_ID,
            "title": "Lantern Books",
            "subtitle": "Files, feedback and voice are on here",
            "welcome_messages": ["Hello. Send me a file, rate an answer, or speak to me."],
            "starter_questions": list(STARTERS[:2]),
            "accent": "#7a3e9d",
            "allowed_origins": ["*"],
            "takes_files": True,
            "asks_feedback": True,
            "offers_dictation": True,
            "reads_aloud": True,
        },
    )


def load_more(server: ChatServer) -> None:
    """Widgets that show what an admin may tell and ask visitors."""
    common = {
        "server": server,
        "chatbot_id": conf.CHATBOT_ID,
        "allowed_origins": ["*"],
        "hours_zone": "Europe/Berlin",
    }
    for public_id, slug, fields in MORE:
        defaults = {**common, "slug": slug, "name": fields["title"], **fields}
        Widget.objects.get_or_create(public_id=public_id, defaults=defaults)


def load_server(site: str) -> ChatServer:
    """The demo bot as a server; its address follows the site's, the rest is the admin's."""
    server = ChatServer.objects.filter(name=SERVER_NAME).first()
    if server is None:
        server = ChatServer(name=SERVER_NAME, scheme=ChatServer.Scheme.EMBED_KEY)
    if not has_readable_key(server):
        server.set_credential(conf.EMBED_KEY)
    server.base_url = f"{site}/demo-bot"
    server.origin = site
    server.files_key_env = "CHATAPI_DEMO_FILES_KEY"
    server.save()
    return server


def has_readable_key(server: ChatServer) -> bool:
    """Whether a key is set that this checkout can read: a shared database outlives `var/`."""
    try:
        crypto.decrypt(server.encrypted_credential)
    except crypto.SecretUnreadable:
        return False
    return bool(server.encrypted_credential or server.credential_env)


def load_admin() -> None:
    """The superuser admin with the password admin: for a demo on one's own machine only."""
    users = get_user_model()
    if not users.objects.filter(username="admin").exists():
        users.objects.create_superuser("admin", "admin@lantern-books.example", "admin")
