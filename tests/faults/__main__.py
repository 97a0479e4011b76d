"""Write ``docs/reference/faults.md``: ``python -m tests.faults``."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.faults.document import DOC, document  # noqa: E402 - Django comes first

DOC.write_text(document(), encoding="utf-8")
