"""Prints the figures of this release: `python -m bench`.

`--only NAME` takes one part, and may be said more than once; `--big` takes larger tables, more rounds, and the proofs:
tests that print what they counted. PostgreSQL and Redis as in `bench/desk.py`.
"""

from __future__ import annotations

import subprocess
import sys

from bench import closing, delivery, documents, fanout, growth, requests
from bench.report import compared
from bench.running import Compared, Printed, asked, filled, heading

COMPARED: dict[str, Compared] = {
    "requests": requests.measured,
    "fanout": fanout.measured,
    "documents": documents.measured,
}
"""The parts whose rows make the one table."""
PRINTED: dict[str, Printed] = {"growth": growth.measured, "delivery": delivery.measured, "closing": closing.measured}
PROOFS = ("tests/api/test_statements.py", "tests/proofs")


def main() -> int:
    """Runs the parts that are asked for; the exit code of the proofs."""
    plan, told = asked(only=[*COMPARED, *PRINTED, "proofs"])
    parts = told.only or [*COMPARED, *PRINTED, *(["proofs"] if plan.big else [])]
    if set(parts) != {"proofs"}:
        with filled(plan) as bench:
            print(heading(bench), flush=True)
            if rows := [row for name, part in COMPARED.items() if name in parts for row in part(bench, plan)]:
                print(f"\n{compared(rows)}", flush=True)
            for name, prints in PRINTED.items():
                if name in parts:
                    prints(bench, plan)
    if "proofs" not in parts:
        return 0
    return subprocess.run([sys.executable, "-m", "pytest", "-q", "-s", "-m", "", *PROOFS], check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
