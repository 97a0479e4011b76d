"""A new Django project in a new environment, and a reader who does what a document says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

BLOCK = re.compile(r"^( *)```(shell|python|django)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
FILE = re.compile(r"(?:# |\{# )(\S+\.\w+)(?: #\})?\n")


@dataclass(frozen=True)
class Project:
    """A project in ``directory``, run by the Python of an environment that has the wheel.

    What the wheel depends on is taken from the suite's own environment, so that no network is
    needed; ``scripts/package`` installs it all.
    """

    directory: Path
    wheel: Path

    @property
    def python(self) -> Path:
        return self.directory / "env" / "bin" / "python"

    def make(self) -> None:
        """Make the environment and the project, as its owner had it before."""
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", "env"], cwd=self.directory)
        (packages,) = (self.directory / "env" / "lib").glob("python*/site-packages")
        (packages / "suite.pth").write_text(sysconfig.get_path("purelib"))
        self.run("python -m django startproject mysite .")

    def run(self, command: str, typed: str = "") -> str:
        """Run a line of shell as the reader would, with the environment switched on."""
        command = command.replace(
            "pip install django-chatapi-widget", f"pip install --no-index --no-deps {self.wheel}"
        )
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self.directory,
            env=self.environment,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        return done.stdout

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
        return kept | {
            "PATH": f"{self.python.parent}:{os.environ['PATH']}",
            "PYTHONUNBUFFERED": "1",
        }

    def append(self, name: str, text: str) -> None:
        """Write at the end of a file."""
        path = self.directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            file.write(f"\n{text}")

    def follow(self, document: str, typed: str = "") -> None:
        """Do each block of a document, up to the one that serves the site."""
        for indent, kind, text in BLOCK.findall(document):
            block = re.sub(rf"^{indent}", "", text, flags=re.MULTILINE)
            if kind == "shell":
                for line in block.strip().splitlines():
                    if "runserver" in line:
                        return
                    self.run(line, typed)
            elif named := FILE.match(block):
                self.append(named.group(1), block[named.end() :])
