"""The house rules that a machine can hold: who imports whom, and what every event, action and field must have."""

from __future__ import annotations

import ast
import importlib.metadata
import re
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
)

import gql
from gql.api.schema import make_schema, printed
from gql.engine.declared import Declared
from gql.engine.sources import Live
from gql.enums import CaseAction
from gql.events import EVENTS
from gql.rules.permissions import PERMISSIONS, permissions_page
from gql.settings import Settings, settings_page
from gql.store import database
from gql.store.settings import desk_settings_page

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "gql"

WORDS = {"enums", "errors", "events", "actor", "cursor"}
MAY_IMPORT: dict[str, set[str]] = {
    "enums": set(),
    "errors": set(),
    "events": {"enums"},
    "actor": {"enums"},
    "cursor": {"errors"},
    "tokens": {"errors"},
    "settings": set(),
    "broadcast": set(),
    "static_pages": set(),
    "engine": set(),
    "rules": WORDS,
    "store": WORDS,
    "actions": {"rules", "store", "tokens", *WORDS},
    "realtime": {"store", *WORDS},
    "presence": {"enums"},
    "scheduler": {"actions", "rules", "store", *WORDS},
    "api": {"actions", "rules", "store", "realtime", "presence", "engine", "tokens", "settings", *WORDS},
    "demo": {"actions", "store", "tokens", *WORDS},
    "app": {
        "api",
        "broadcast",
        "engine",
        "presence",
        "realtime",
        "scheduler",
        "settings",
        "static_pages",
        "store",
        "tokens",
        *WORDS,
    },
    "cli": {"app", "demo", "api", "actions", "broadcast", "engine", "settings", "store", *WORDS},
    "__main__": {"cli"},
    "__init__": set(),
}
"""Each looks down only. The api reads rules for what a viewer may do; the command reads what it prints."""


def layer(path: Path) -> str:
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def sources() -> list[Path]:
    return [path for path in sorted(PACKAGE.rglob("*.py")) if "static" not in path.parts]


def imports(path: Path) -> set[str]:
    """The parts of the package that a module imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "gql":
            inner = (node.module or "").split(".")[1:2]
            found |= set(inner) if inner else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("gql.")}
    return found


@pytest.fixture(scope="module")
def schema() -> GraphQLSchema:
    return make_schema()._schema


def own_types(schema: GraphQLSchema) -> list[Any]:
    return [t for name, t in schema.type_map.items() if not name.startswith("__")]


# ---------------------------------------------------------------- layers


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_imports_only_what_lies_below_it(path: Path) -> None:
    own = layer(path)
    assert own in MAY_IMPORT, f"{own} has no place among the layers: docs/map.md"
    assert imports(path) - {own} <= MAY_IMPORT[own]


@pytest.mark.parametrize("path", sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_module_opens_with_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text())), f"{path} has no docstring"


def test_rules_wait_for_nothing() -> None:
    for path in (PACKAGE / "rules").glob("*.py"):
        waiting = [n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Await | ast.AsyncFunctionDef)]
        assert not waiting, f"{path} is to be pure"


def test_nothing_above_actions_writes() -> None:
    for part in ("api", "engine", "demo"):
        for path in (PACKAGE / part).rglob("*.py"):
            written = re.findall(r"\.save\(|\.create\(|\.bulk_create\(|\.update\(|\.delete\(", path.read_text())
            assert not written, f"{path} writes: that is for actions"
        for path in () if part == "demo" else (PACKAGE / part).rglob("*.py"):
            assert "in_transaction" not in path.read_text(), f"{path} opens a transaction: that is the unit of work's"


# ---------------------------------------------------------------- one verb, four forms


@pytest.mark.parametrize("event", EVENTS.values(), ids=lambda event: event.__name__)
def test_every_event_is_described_and_shown(event: Any, schema: GraphQLSchema) -> None:
    assert event.__doc__
    if event.of_case:
        shown = schema.type_map[event.entry]
        assert isinstance(shown, GraphQLObjectType)
        assert "HistoryEntry" in {interface.name for interface in shown.interfaces}


def test_every_action_has_its_permission() -> None:
    assert set(PERMISSIONS) == set(CaseAction)


def test_every_mutation_takes_one_input_of_its_own_and_answers_a_payload(schema: GraphQLSchema) -> None:
    assert schema.mutation_type
    inputs = set()
    for name, field in schema.mutation_type.fields.items():
        assert list(field.args) == ["input"], name
        input_type = field.args["input"].type
        assert isinstance(input_type, GraphQLNonNull)
        assert input_type.of_type.name == f"{name[0].upper()}{name[1:]}Input"
        inputs.add(input_type.of_type.name)
        assert isinstance(field.type, GraphQLNonNull)
        payload = field.type.of_type
        assert [interface.name for interface in payload.interfaces] == ["Payload"]
        others = [shown for key, shown in payload.fields.items() if key != "errors"]
        assert not any(isinstance(shown.type, GraphQLNonNull) for shown in others), f"{payload.name} promises too much"
    assert len(inputs) == len(schema.mutation_type.fields)


def test_every_subscription_resumes_after_a_cursor_that_its_items_carry(schema: GraphQLSchema) -> None:
    assert schema.subscription_type
    declared = Declared(make_schema())
    for name, field in schema.subscription_type.fields.items():
        if isinstance(declared.source(schema.subscription_type, name), Live):  # it begins with the whole: decision 10
            assert "after" not in field.args, name
            continue
        assert str(field.args["after"].type) == "Cursor", name
        assert str(field.type.of_type.fields["cursor"].type) == "Cursor!", name


def test_every_type_and_every_root_field_is_described(schema: GraphQLSchema) -> None:
    described = (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType, GraphQLEnumType, GraphQLScalarType)
    assert not [t.name for t in own_types(schema) if isinstance(t, described) and not t.description]
    for root in (schema.query_type, schema.mutation_type, schema.subscription_type):
        assert root
        assert not [name for name, field in root.fields.items() if not field.description]


def test_fields_that_hold_an_instant_end_in_at(schema: GraphQLSchema) -> None:
    for shown in own_types(schema):
        for name, field in getattr(shown, "fields", {}).items():
            if str(getattr(field, "type", "")).rstrip("!") == "DateTime":
                assert name == "at" or name.endswith("At"), f"{shown.name}.{name}"


# ---------------------------------------------------------------- what is written down


def test_the_schema_file_is_what_the_server_serves() -> None:
    assert (ROOT / "schema.graphql").read_text() == printed(), "run `caseline schema > schema.graphql`"


def test_every_setting_stands_on_its_page() -> None:
    page = (ROOT / "docs" / "settings.md").read_text()
    assert settings_page() in page, "docs/settings.md is stale: gql.settings.settings_page()"
    assert all(field.description for field in Settings.model_fields.values())
    assert desk_settings_page() in page, "docs/settings.md is stale: gql.store.settings.desk_settings_page()"


def test_every_permission_stands_on_its_page() -> None:
    page = (ROOT / "docs" / "permissions.md").read_text()
    assert permissions_page() in page, "run scripts/permissions"


def test_every_change_of_the_schema_is_in_the_changelog(schema: GraphQLSchema) -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    for root in (schema.query_type, schema.mutation_type, schema.subscription_type):
        assert root
        assert not [name for name in root.fields if f"`{name}`" not in changelog]


async def test_models_and_migrations_agree() -> None:
    assert await database.drift() == [], "run scripts/migration NAME"


def test_migrations_stand_in_one_line() -> None:
    files = sorted((PACKAGE / "store" / "migrations").glob("0*.py"))
    after = [re.findall(r"dependencies = \[\(.models., .(\w+).\)\]", file.read_text()) for file in files]
    assert after == [[], *([file.stem] for file in files[:-1])]
    assert [int(file.stem[:4]) for file in files] == list(range(1, len(files) + 1))


def test_the_lock_names_no_address() -> None:
    assert "://" not in (ROOT / "requirements.lock").read_text()


def test_the_package_called_gql_is_ours() -> None:
    installed = {distribution.metadata["Name"].lower() for distribution in importlib.metadata.distributions()}
    assert "gql" not in installed, "PyPI's gql would overwrite this package: use it from another environment"
    assert "caseline" in installed
    assert Path(gql.__file__).parent == PACKAGE


def test_the_decisions_are_numbered_without_a_gap() -> None:
    numbers = sorted(int(path.name[:4]) for path in (ROOT / "docs" / "decisions").glob("*.md"))
    assert numbers == list(range(1, len(numbers) + 1))
