"""The version matrix; `scripts/matrix` runs it, `scripts/matrix --list` names the sessions.

Each makes an environment with pinned requirements, then runs all but the browser tests and those
that drive a whole deployment; what needs Redis too, where it answers. uv finds the Pythons, or
brings one that is missing.
"""

from __future__ import annotations

import os

import nox

nox.options.default_venv_backend = "uv"
nox.options.reuse_venv = "yes"
nox.options.envdir = "var/nox-sessions"
nox.options.stop_on_first_error = False
nox.options.error_on_missing_interpreters = True

LISTS = {"5.2": "test", "6.0": "matrix-6.0", "6.1": "matrix-6.1"}
# Django 6 needs Python 3.12.
VERSIONS = [
    ("3.11", "5.2"),
    *((python, django) for python in ("3.12", "3.13") for django in LISTS),
]
DATABASES = {
    "sqlite": "",
    "postgresql": os.environ.get("DATABASE_URL", "postgres://postgres@127.0.0.1:5432/postgres"),
    "mariadb": os.environ.get("MARIADB_URL", "mysql://root@127.0.0.1:3306/mysql"),
}


@nox.session
@nox.parametrize("database", list(DATABASES))
@nox.parametrize("python,django", VERSIONS)
def tests(session: nox.Session, django: str, database: str) -> None:
    """The suite without browsers, with one Python, one Django and one database."""
    lists = [LISTS[django], *(["mariadb"] if database == "mariadb" else [])]
    for name in lists:
        session.install("--require-hashes", "--no-deps", "-r", f"requirements/{name}.txt")
    session.run("python", "-m", "django", "--version")
    chosen = ("-m", "not browser", "--ignore=tests/services")
    session.run(
        *("python", "-m", "pytest", "-q", *chosen, *session.posargs),
        env={"SUITE_DATABASE_URL": DATABASES[database]},
    )
