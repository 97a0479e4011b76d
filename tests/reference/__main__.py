"""Write the pages that are made from the code: ``make reference``."""

from __future__ import annotations

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.reference.pages import DIRECTORY, PAGES  # noqa: E402 - Django comes first

for name, write in PAGES.items():
    (DIRECTORY / name).write_text(write(), encoding="utf-8")
