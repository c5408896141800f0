"""The interface described by itself: OpenAPI 3.1 made from the route table and the wire types."""

import re
from functools import cache
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from server.http import wire, wire_media, wire_rooms
from server.http.route import Route
from server.http.routes import ROUTES

SESSION = "/api/sessions"
COUNTER = "server.http.counter."
_REFERENCES = "#/components/schemas/{model}"
_VARIABLE = re.compile(r"\{(\w+)(?::(?:[^{}]|\{[^{}]*\})*)?\}")
_ALSO: tuple[type[BaseModel], ...] = (wire.Error, wire_rooms.Entry, wire_media.MediaChange)


@cache
def document() -> dict[str, Any]:
    """The whole description."""
    found = dict.fromkeys([*_ALSO, *(each for route in ROUTES for each in _types(route))])
    forms: list[type[BaseModel]] = sorted(found, key=_name)
    schemas, definitions = models_json_schema(
        [(form, "validation") for form in forms], ref_template=_REFERENCES
    )
    references = {form: schemas[form, "validation"] for form in forms}
    paths: dict[str, dict[str, Any]] = {}
    for route in ROUTES:
        path = _VARIABLE.sub(r"{\1}", route.path)
        paths.setdefault(path, {})[route.method.lower()] = _operation(route, references)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Yunkai 云开", "version": "1"},
        "paths": paths,
        "components": {"schemas": definitions["$defs"]},
    }


def _types(route: Route) -> list[type[BaseModel]]:
    return [each for each in (route.takes, route.gives) if isinstance(each, type)]


def _name(form: type[BaseModel]) -> str:
    return form.__name__


def _operation(route: Route, references: dict[type[BaseModel], Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": _operation_id(route),
        "summary": " ".join((route.handler.__doc__ or "").split("\n\n")[0].split()),
        "parameters": _parameters(route),
        "responses": {
            str(route.status): _content(route.gives, references, "Done"),
            "default": _content(wire.Error, references, "Refused"),
        },
    }
    if route.takes is not None:
        operation["requestBody"] = {"required": True, **_content(route.takes, references)}
    return operation


def _operation_id(route: Route) -> str:
    """Unique also for routes that rooms of both kinds have."""
    module = route.handler.__module__.rsplit(".", 1)[-1]
    name = f"{module}_{route.handler.__name__}"
    shared = route.path.startswith(SESSION) and not route.handler.__module__.startswith(COUNTER)
    return f"session_{name}" if shared else name


def _parameters(route: Route) -> list[dict[str, Any]]:
    text = {"type": "string"}
    names = _VARIABLE.findall(route.path)
    found = [{"name": name, "in": "path", "required": True, "schema": text} for name in names]
    found += [{"name": name, "in": "query", "schema": text} for name in route.query]
    if route.method == "POST":
        found.append({"name": "Idempotency-Key", "in": "header", "schema": text})
    return found


def _content(
    form: type[BaseModel] | str | None,
    references: dict[type[BaseModel], Any],
    description: str | None = None,
) -> dict[str, Any]:
    answer: dict[str, Any] = {} if description is None else {"description": description}
    if isinstance(form, str):
        answer["content"] = {form: {"schema": {"type": "string", "format": "binary"}}}
    elif form is not None:
        answer["content"] = {"application/json": {"schema": references[form]}}
    return answer
