"""Every snippet of ``docs/how-to/testing.md``, run as the reader would."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SNIPPET = re.compile(r"^```python\n# (\w+\.py)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
PAGE = (ROOT / "docs" / "how-to" / "testing.md").read_text()


def test_each_snippet_names_its_file():
    assert len(SNIPPET.findall(PAGE)) == PAGE.count("```python")


@pytest.mark.slow
def test_the_snippets_of_the_page_work(tmp_path):
    for name, code in SNIPPET.findall(PAGE):
        (tmp_path / name).write_text(code)
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "tests.settings",
    }
    arguments = ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-rN"]
    done = subprocess.run(
        [sys.executable, *arguments, "--rootdir", str(tmp_path), str(tmp_path)],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
