"""What docs/how-to/identity.md shows for other sites is run as it stands, and believed here."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from chatwidget import identity
from chatwidget.identity import Identity

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "how-to" / "identity.md"
SECRET = "a-secret-of-the-shop-that-is-long-enough"
# Each language: its program, what says the constants, what prints the token.
LANGUAGES = {
    "python": ([sys.executable, "-"], "PUBLIC_ID, SECRET = '{id}', '{secret}'\n", "print(token)"),
    "js": (
        ["node", "--input-type=module", "-"],
        "const PUBLIC_ID = '{id}', SECRET = '{secret}';\n",
        "console.log(token);",
    ),
    "php": (["php"], "<?php const PUBLIC_ID = '{id}', SECRET = '{secret}';\n", "echo $token;"),
}


def example(language: str) -> str:
    """The block of this language that signs a token."""
    blocks = re.findall(rf"```{language}\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    (signing,) = [block for block in blocks if "SECRET" in block]
    return str(signing)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_token_made_as_the_documents_show_is_believed(widget, language):
    command, constants, output = LANGUAGES[language]
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed: its example in identity.md was not run")
    widget.set_identity_secret(SECRET)
    constants = constants.format(id=widget.public_id, secret=SECRET)
    made = subprocess.run(
        command,
        input=f"{constants}{example(language)}\n{output}",
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    assert identity.read(made.stdout.strip(), widget) == Identity("42", "Ada")
