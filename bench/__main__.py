"""Run the benches one after the other, each within its budget: `python -m bench [--full] [NAME…]`.

What runs over its budget is stopped, and the rest goes on; its last record stays. In the end the
page of all results is made anew.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

from bench import report
from bench.running import ROOT

BOUND = 600


@dataclass(frozen=True)
class Member:
    """A module of ``bench``, and the seconds that its short form may take, if it has one."""

    name: str
    seconds: int | None


MEMBERS = (
    Member("proxy", 130),
    Member("growth", 70),
    Member("sizes", 10),
    Member("placement", 25),
    Member("admin_pages", 30),
    Member("wrong_tokens", 20),
    Member("browser", 120),
    Member("answer_lag", 120),
    Member("interactions", 70),
    Member("nothing_lost", None),
    Member("overload", None),
    Member("soak", None),
    Member("waiting", None),
)


def main() -> int:
    """Run what was asked for, and return 1 if any of it failed or missed a target."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--full", action="store_true", help="no bounds")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    known = {member.name: member for member in MEMBERS}
    chosen = [known[name] for name in options.names] or list(MEMBERS)
    failed = [member.name for member in chosen if not run(member, is_full=options.full)]
    print(f"\nAll tables: {report.write().relative_to(ROOT)}")
    if failed:
        print(f"Failed, or missed a target: {', '.join(failed)}")
    return bool(failed)


def run(member: Member, *, is_full: bool) -> bool:
    """Run one, and return whether it ended well."""
    if member.seconds is None and not is_full:
        print(f"== {member.name}: only with --full", flush=True)
        return True
    command = [sys.executable, "-m", f"bench.{member.name}", *([] if is_full else ["--short"])]
    print(f"== {member.name}", flush=True)
    started = time.monotonic()
    # A session of its own, so that what it started ends with it.
    with subprocess.Popen(command, cwd=ROOT, start_new_session=True) as process:
        try:
            code = process.wait(None if is_full else member.seconds)
        except subprocess.TimeoutExpired:
            code = _stop(process)
            print(f"== {member.name}: stopped, its {member.seconds} s are over")
    print(f"== {member.name} took {time.monotonic() - started:.0f} s", flush=True)
    return code == 0


def _stop(process: subprocess.Popen[bytes]) -> int:
    """Interrupt it as a keyboard would, so that it cleans up; then end what is left."""
    os.killpg(process.pid, signal.SIGINT)
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
    return 1


if __name__ == "__main__":
    sys.exit(main())
