"""Runs the command as `python -m gql`."""

from gql.cli import main

main()
