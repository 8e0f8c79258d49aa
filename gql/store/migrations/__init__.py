"""Changes of the tables, in order; see docs/migrations.md."""
