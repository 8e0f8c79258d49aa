"""Decides: pure functions of plain values, without database, clock or waiting."""
