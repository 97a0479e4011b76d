"""Write ``docs/reference/conformance.md``: ``python -m tests.conformance``."""

from __future__ import annotations

from tests.conformance import PAGE, claims, recordings

PAGE.write_text("\n".join(claims.table(recordings.load())) + "\n")
