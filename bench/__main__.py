"""Prints the figures of this release: `python -m bench`.

Delivery is a benchmark; the other three are tests that print what they counted, so that a figure is a promise too.
PostgreSQL and Redis as in `bench/desk.py`; without CASELINE_TEST_DATABASE_URL the tests run on SQLite.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys

from bench import delivery

PROOFS = ("tests/api/test_statements.py", "tests/proofs")

if __name__ == "__main__":
    asyncio.run(delivery.main())
    print(flush=True)
    sys.exit(subprocess.run([sys.executable, "-m", "pytest", "-q", "-s", "-m", "", *PROOFS], check=False).returncode)
