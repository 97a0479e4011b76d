"""Who the demo bot is, and what the site's settings may tell it."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

CHATBOT_ID = UUID("22222222-2222-4222-8222-222222222222")
CHATBOT_NAME = "Lantern Books assistant"
# Printed in public: it guards nothing but the demo, and shows how a key stays on the server.
EMBED_KEY = "demo-embed-key"
# Files want it, and nothing else does (facts 1 and 24).
API_KEY = "demo-api-key"


def delay() -> float:
    """Seconds that an ordinary answer takes."""
    return float(getattr(settings, "DEMO_BOT_DELAY", 0.6))


def allowed_domains() -> list[str]:
    """Hosts that may use the embed key, as in ALLOWED_HOSTS."""
    return ["localhost", ".localhost", "127.0.0.1", "[::1]", *settings.ALLOWED_HOSTS]
