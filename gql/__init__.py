"""Caseline: a headless service desk with a live feed, over one GraphQL API."""
