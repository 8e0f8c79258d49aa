"""docs/rules.md and the tests keep to each other; what that means stands in scripts/rules alone."""

from __future__ import annotations

from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent


def _script() -> Any:
    """scripts/rules as a module, though it is not named like one."""
    loader = SourceFileLoader("rules", str(ROOT / "scripts/rules"))
    spec = spec_from_loader(loader.name, loader)
    assert spec is not None
    module = module_from_spec(spec)
    loader.exec_module(module)
    return module


script = _script()


@pytest.fixture
def book() -> str:
    return (ROOT / "docs/rules.md").read_text("utf-8")


def test_every_rule_of_the_book_is_shown_by_a_test(book: str) -> None:
    assert script.missing(book, script.marked()) == []


def test_the_book_names_the_tests_that_exist_now(book: str) -> None:
    assert script.stale(book, script.marked()) == []


def test_no_test_names_a_rule_that_the_book_does_not_have(book: str) -> None:
    assert script.unknown(book, script.marked()) == []


def test_no_number_of_the_book_stands_for_two_rules(book: str) -> None:
    assert script.repeated(book) == []


# ---------------------------------------------------------------- the generator, on a small tree of its own

BOOK = """\
# Rules

Shown by: a line outside of any rule is left alone.

## Taking

### R-1 Taking

One takes.

Shown by: [`test_gone`](../tests/test_gone.py)

### R-10 Giving

One gives.

### R-2 Keeping

One keeps.

Shown by: no test yet

## The end

Words.
"""

WRITTEN = """\
# Rules

Shown by: a line outside of any rule is left alone.

## Taking

### R-1 Taking

One takes.

Shown by: [`test_b`](../tests/deep/test_a.py), [`test_a`](../tests/test_z.py), [`test_c`](../tests/test_z.py)

### R-10 Giving

One gives.

Shown by: [`test_c`](../tests/test_z.py)

### R-2 Keeping

One keeps.

Shown by: no test yet

## The end

Words.
"""

TESTS = {
    "tests/test_z.py": """\
import pytest

@pytest.mark.rule("R-10")
@pytest.mark.slow
@pytest.mark.rule("R-1")
async def test_c(): ...

@pytest.mark.rule("R-1")
def test_a(): ...

@pytest.mark.rule("R-2")
def not_a_test(): ...

def test_of_no_rule(): ...
""",
    "tests/deep/test_a.py": """\
from pytest import mark

class TestDeep:
    @mark.rule("R-1")
    def test_b(self): ...
""",
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for path, text in {"docs/rules.md": BOOK, **TESTS}.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, "utf-8")
    return tmp_path


def test_the_generator_writes_the_tests_of_each_rule_and_nothing_else(tree: Path) -> None:
    assert script.main([], tree) == 0
    assert (tree / "docs/rules.md").read_text("utf-8") == WRITTEN

    script.main([], tree)
    assert (tree / "docs/rules.md").read_text("utf-8") == WRITTEN, "written twice, the book stays as it is"


def test_the_check_says_what_is_stale_and_missing_and_writes_nothing(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert script.main(["--check"], tree) == 1
    assert capsys.readouterr().err.splitlines() == [
        "docs/rules.md: R-1 does not name the tests that show it now; run scripts/rules.",
        "docs/rules.md: R-10 does not name the tests that show it now; run scripts/rules.",
        "docs/rules.md: R-2 is shown by no test.",
    ]
    assert (tree / "docs/rules.md").read_text("utf-8") == BOOK


@pytest.mark.parametrize(
    ("marker", "named"),
    [
        ('mark.rule("R-3")', "R-3"),
        ("mark.rule(THREE)", "THREE"),
        ("mark.rule()", "(no number)"),
        ("mark.rule", "(no number)"),
    ],
)
def test_the_check_says_which_marker_names_no_rule_of_the_book(
    tree: Path, capsys: pytest.CaptureFixture[str], marker: str, named: str
) -> None:
    (tree / "tests/test_new.py").write_text(f"@pytest.{marker}\ndef test_new(): ...\n", "utf-8")
    assert script.main(["--check"], tree) == 1
    fault = f"tests/test_new.py: test_new names the rule {named}, which docs/rules.md does not have."
    assert fault in capsys.readouterr().err.splitlines()


def test_the_check_says_which_number_stands_twice(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "docs/rules.md").write_text(BOOK.replace("R-10", "R-1"), "utf-8")
    assert script.main(["--check"], tree) == 1
    assert "docs/rules.md: R-1 stands there more than once." in capsys.readouterr().err.splitlines()


def test_the_check_is_content_with_a_book_that_fits(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tree / "tests/test_keep.py").write_text('@pytest.mark.rule("R-2")\ndef test_keep(): ...\n', "utf-8")
    script.main([], tree)
    capsys.readouterr()
    assert script.main(["--check"], tree) == 0
    assert capsys.readouterr().err == ""
