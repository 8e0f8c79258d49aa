"""Commands as a user types them, run within this process: for what answers at once."""

from __future__ import annotations

import structlog
from typer.testing import CliRunner, Result

from gql.cli import cli


def typed(*arguments: str, **environment: str) -> Result:
    try:
        return CliRunner(env={"COLUMNS": "200", "NO_COLOR": "1", **environment}).invoke(cli, arguments)
    finally:
        # a command that serves logs to the runner's stderr, which is closed now
        structlog.reset_defaults()
