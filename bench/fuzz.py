"""Fuzz the running demo's API by its own schema: `python -m bench.fuzz [--short] [--seed N]`.

Two runs of schemathesis. The first has no session and makes all its checks; the second is
authenticated, its cases name a session and a widget that exist. What fails either is an answer, a
5xx too, that the schema does not tell of. Records the seed and the number of cases; fails where a
check did, or where there were fewer cases than asked for.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from bench import report
from bench.records import Record, Table, Target
from tests.browser.running import ROOT, Site, running_site

ENVIRONMENT = ROOT / "var/fuzz"  # as scripts/tools makes it
CASES, SHORT_CASES = 5000, 300
# An operation is asked for so many cases; negative ones and repeats make the sum vary.
EXAMPLES, SHORT_EXAMPLES = 550, 25
# A 5xx that the schema tells of is the server's, handed on (502, 503, 504) or the bot's (500).
DOCUMENTED = "not_a_server_error"
# The hooks make valid what was meant to be invalid, and the other way round.
HOOKED = f"{DOCUMENTED},negative_data_rejection,positive_data_acceptance"
# JSON can hold them and no database does; OpenAPI has no word for "none of these".
NO_NULLS = ("--generation-allow-x00", "false")
NAMES = ("without a session", "with a session")
UNLIMITED = """
from chatwidget.models import Widget
Widget.objects.update(address_limit=0, session_limit=0, widget_limit=0)
"""


Run = tuple[int, bool]


def main() -> int:
    """Run both and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--short", action="store_true", help="a few hundred cases, for CI")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))  # noqa: S311 (no secret)
    options = parser.parse_args()
    least = SHORT_CASES if options.short else CASES
    examples = SHORT_EXAMPLES if options.short else EXAMPLES
    subprocess.run([str(ROOT / "scripts/tools"), "fuzz"], check=True)
    with tempfile.TemporaryDirectory() as directory, running_site(Path(directory)) as site:
        site.run(UNLIMITED)
        runs = [
            run(site, options.seed, examples, exclude=DOCUMENTED, more=NO_NULLS),
            run(site, options.seed, examples, exclude=HOOKED, session=start(site)),
        ]
    record = recorded(options.seed, least, runs)
    if options.short:
        print(report.markdown(record))
        return int(not record.is_met)
    return report.publish(record)


def recorded(seed: int, least: int, runs: Sequence[Run]) -> Record:
    """Return what came of both runs."""
    record = Record("fuzz", "The API by its own schema, fuzzed", "python -m bench.fuzz")
    cases = sum(count for count, _failed in runs)
    failed = [name for name, (_count, fails) in zip(NAMES, runs, strict=True) if fails]
    rows = [
        [name, count, "failed" if fails else "passed"]
        for name, (count, fails) in zip(NAMES, runs, strict=True)
    ]
    notes = [f"Seed {seed}; all checks of schemathesis."]
    record.tables.append(Table("Cases", ("run", "cases", "checks"), rows, notes))
    record.targets += [
        Target("cases", f">= {least}", cases, cases >= least),
        Target("runs with an undocumented answer", "0", len(failed), not failed),
    ]
    return record


def start(site: Site) -> tuple[str, str]:
    """Start a chat; return its id and its token."""
    body = json.dumps({"chatbot_id": site.widget}).encode()
    request = urllib.request.Request(  # noqa: S310 (an address that was made here)
        f"{site.url}/chatwidget/api/chat/start/", body, {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 (as above)
        started = json.load(answer)
    return started["session_id"], started["session_token"]


def run(
    site: Site,
    seed: int,
    examples: int,
    *,
    exclude: str,
    more: tuple[str, ...] = (),
    session: tuple[str, str] | None = None,
) -> Run:
    """Run schemathesis once; return how many cases it made, and whether any failed."""
    environment = dict(os.environ)
    command = [
        *(str(ENVIRONMENT / "bin/schemathesis"), "run", f"{site.url}/api/schema/"),
        *("--checks", "all", "--exclude-checks", exclude, "--continue-on-failure", "--no-color"),
        *("--seed", str(seed), "--max-examples", str(examples), "--generation-database", "none"),
        *("--suppress-health-check", "all", "--no-shrink", "--request-timeout", "60", *more),
    ]
    if session is not None:
        identifier, token = session
        environment |= {
            "FUZZ_SESSION": identifier,
            "FUZZ_WIDGET": site.widget,
            "PYTHONPATH": str(ROOT),
            "SCHEMATHESIS_HOOKS": "bench.fuzz_hooks",
        }
        command += ["--header", f"X-Session-Token:{token}"]
    done = subprocess.run(
        command, env=environment, cwd=site.log.parent, capture_output=True, text=True, check=False
    )
    found = re.search(r"(\d+) generated", done.stdout)
    cases = int(found[1]) if found else 0
    if done.returncode or not found:
        print(done.stdout, done.stderr)
    print(f"{NAMES[session is not None]}: {cases} cases", flush=True)
    return cases, done.returncode != 0


if __name__ == "__main__":
    sys.exit(main())
