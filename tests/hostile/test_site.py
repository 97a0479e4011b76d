"""The app is a guest: whatever the site settles for itself, the chat works and leaks nothing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
AS_EVER = {
    "statuses": dict.fromkeys(("loader", "more", "page", "said", "mine", "who", "plain"), 200),
    "cookies": [],
    "vary": "Accept-Encoding",
    "frames": False,
    "policies": ["ours"],
    "hashed": True,
    "below": True,
    "cached": [],
    "leak": False,
    "kept": True,
}


@pytest.mark.parametrize("entrance", ["wsgi", "asgi"])
def test_the_chat_works_in_a_site_that_settles_everything_otherwise(entrance):
    done = subprocess.run(
        [sys.executable, "-m", "tests.hostile.visit", entrance],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "tests.hostile.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        **AS_EVER,
        "known": True,
        "files": [7],
        "atomic": False,
    }
