"""Compares what types declare with what models have, when the server starts."""

from __future__ import annotations

import inspect
from collections.abc import Container, Mapping
from typing import Any

from strawberry.types.lazy_type import LazyType
from tortoise import fields
from tortoise.models import Model

from gql.engine.sources import (
    GIVEN,
    KEYS,
    AtKey,
    Batched,
    Column,
    Computed,
    Each,
    Many,
    OneOf,
    Payload,
    Relation,
    Source,
    needs_of,
)


class DeclarationError(Exception):
    """Everything that is wrong with the declarations, told at once."""


FITS: Mapping[str, tuple[type[fields.Field[Any]], ...]] = {
    "str": (fields.CharField, fields.TextField, fields.UUIDField),
    "int": (fields.IntField, fields.SmallIntField),
    "bool": (fields.BooleanField,),
    "datetime": (fields.DatetimeField,),
    "float": (fields.FloatField,),
}


def check(types: list[type]) -> None:
    """Compares all declarations with the models, once these are initialised. Raises DeclarationError."""
    faults = [fault for cls in types for fault in _faults(cls)]
    if faults:
        raise DeclarationError("\n".join(sorted(set(faults))))


def _faults(cls: type) -> list[str]:
    faults: list[str] = []
    for shown in cls.__strawberry_definition__.fields:  # type: ignore[attr-defined]
        owner = next((c for c in cls.__mro__ if shown.python_name in c.__dict__.get("__sources__", {})), None)
        if owner is None:
            continue
        source: Source = owner.__dict__["__sources__"][shown.python_name]
        model: type[Model] | None = cls.__model__ or owner.__dict__["__model__"]  # type: ignore[attr-defined]
        nullable = type(shown.type).__name__ == "StrawberryOptional"
        stated = getattr(shown.type, "of_type", shown.type)
        told = _faults_of(source, model, nullable, stated)
        if model is None and isinstance(source, Computed | AtKey):
            told = _unknown(source, {name for c in cls.__mro__ for name in inspect.get_annotations(c)}, "it")
        faults += [f"{cls.__name__}.{shown.python_name}: {fault}" for fault in told]
    return faults


def _unknown(source: Computed | AtKey, known: Container[str], of: str) -> list[str]:
    """What a function asks for and will not get."""
    asked = source.function.__name__
    unknown = [name for name in source.needs if name not in GIVEN and name not in known]
    return [f"{asked} asks for {name!r}, which {of} does not have" for name in unknown]


def _faults_of(source: Source, model: type[Model] | None, nullable: bool, stated: Any) -> list[str]:
    known = model._meta.fields_map if model else {}
    of = model.__name__ if model else "nothing"
    if isinstance(source, Column):
        *relations, name = source.path.split(".")
        for relation in relations:
            if relation not in known:
                return [f"{of} has no relation {relation!r}"]
            model = known[relation].related_model  # type: ignore[attr-defined]
            assert model is not None
            known, of = model._meta.fields_map, model.__name__
        if name not in known:
            return [f"{of} has no column or relation {name!r}"]
        faults = []
        if known[name].null and not nullable:
            faults.append("the column may be null, the field may not")
        fitting = FITS.get(getattr(stated, "__name__", ""))
        if fitting and not isinstance(known[name], fitting):
            faults.append(f"{stated.__name__} from a {type(known[name]).__name__}")
        if stated is int and isinstance(known[name], fields.BigIntField):
            faults.append("int from a BigIntField, which may hold more than GraphQL's Int")
        return faults
    if isinstance(source, Relation):
        if source.name not in known:
            return [f"{of} has no relation {source.name!r}"]
        loose = known[source.name].null and not source.always and not nullable
        return ["the relation may be null, the field may not"] if loose else []
    if isinstance(source, OneOf):
        missing = [f"{of} has no relation {name!r}" for name in source.relations if name not in known]
        return missing + _faults_of(source.otherwise, model, nullable, stated)
    if isinstance(source, Computed | AtKey):
        if model is not None and inspect.iscoroutinefunction(source.function):
            return [f"{source.function.__name__} is async, which only `batched` may be in rows"]
        return _unknown(source, known, of)
    if isinstance(source, Batched) and KEYS not in needs_of(source.function):
        return [f"{source.function.__name__} does not ask for {KEYS!r}"]
    if isinstance(source, Payload) and "payload" not in known:
        return [f"{of} has no column 'payload'"]
    if isinstance(source, Batched | Each) and source.of not in known and getattr(source, "via", True) is not None:
        return [f"{of} has no column {source.of!r}"]
    if isinstance(source, Many) and source.of is not None:
        missing = [name for name in needs_of(source.of) if name not in known]
        if missing:
            return [f"{source.of.__name__} asks for {name!r}, which {of} does not have" for name in missing]
    return _faults_of_rows(source, stated) if isinstance(source, Each | Many) else []


def _faults_of_rows(source: Each | Many, stated: Any) -> list[str]:
    """What the rows do not have that a field gives."""
    in_page = getattr(getattr(stated, "__strawberry_definition__", None), "type_var_map", None) or {}
    held = next(iter(in_page.values()), stated)
    model: type[Model] = (held.resolve_type() if isinstance(held, LazyType) else held).__model__
    known, of, faults = model._meta.fields_map, model.__name__, []
    if source.via is not None and source.via.partition("__")[0] not in known:
        faults.append(f"{of} has no relation {source.via!r}")
    if isinstance(source, Many) and isinstance(source.order, str):
        name = source.order.removeprefix("-")
        if name not in known:
            faults.append(f"{of} is ordered by {name!r}, which it does not have")
        elif known[name].null:
            faults.append(f"{of} is ordered by {name!r}, which may be null")
    return faults
