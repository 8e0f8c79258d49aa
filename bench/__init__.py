"""Benchmarks: each prints ratios measured within one run, for machines are noisy. `docs/figures.md` explains them."""
