"""The OpenAPI document as the docs page prints it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_METHODS = ("get", "post", "put", "patch", "delete")
_SCHEMA_PLACE = "#/components/schemas/"
_EXAMPLES = {
    "slug": "humaneval",
    "run": "12",
    "task_id": "HumanEval/0",
    "upload": "4f0c2d6e-0c4f-4d3c-9b39-0d5d8f2a7c11",
    "token": "3",
    "sampling": "3",
    "key": "3",
}


def groups(found: Mapping[str, Any], base: str) -> list[dict[str, Any]]:
    """Operations by tag, in the order of the document."""
    by_tag: dict[str, list[dict[str, Any]]] = {}
    for path, methods in found["paths"].items():
        for method in _METHODS:
            if method in methods:
                row = _operation(method, path, methods[method], base)
                by_tag.setdefault(methods[method]["tags"][0], []).append(row)
    return [{"title": tag, "id": _slug(tag), "operations": rows} for tag, rows in by_tag.items()]


def schema_rows(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every schema with its fields."""
    return [
        {"name": name, "said": plain(schema.get("description", "")), "fields": _fields(schema)}
        for name, schema in sorted(found["components"]["schemas"].items())
    ]


def plain(text: str) -> str:
    """A docstring as prose: names lose their marks."""
    return text.replace("`", "")


def type_text(schema: Mapping[str, Any]) -> str:
    """A schema in a few words: "integer", "array of RunOut", "number or null"."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(_SCHEMA_PLACE)
    if "anyOf" in schema:
        return " or ".join(type_text(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("type") == "array":
        return f"array of {type_text(schema.get('items', {}))}"
    if isinstance(more := schema.get("additionalProperties"), dict):
        return f"object of {type_text(more)}"
    return str(schema.get("format") or schema.get("type") or "anything")


def _operation(method: str, path: str, details: Mapping[str, Any], base: str) -> dict[str, Any]:
    address = path
    for name, example in _EXAMPLES.items():
        address = address.replace(f"{{{name}}}", example)
    required = [one for one in details["parameters"] if one["required"] and one["in"] == "query"]
    query = "&".join(f"{one['name']}={_EXAMPLES.get(one['name'], '1')}" for one in required)
    address += f"?{query}" if query else ""
    return {
        "id": details["operationId"].replace("_", "-"),
        "method": method.upper(),
        "path": path,
        "summary": details["summary"],
        "said": plain(details.get("description", "")),
        "scope": details["x-scope"],
        "signed_in": {} not in details["security"],
        "parameters": [_parameter(one) for one in details["parameters"]],
        "body": _body(details),
        "answers": [_answer(status, one) for status, one in details["responses"].items()],
        "curl": _curl(method, f"{base}{address}", details),
        "link": path if method == "get" and "{" not in path and not required else "",
    }


def _parameter(one: Mapping[str, Any]) -> dict[str, Any]:
    schema = one["schema"]
    said = one.get("description") or schema.get("description", "")
    return {
        "name": one["name"],
        "place": one["in"],
        "type": type_text(schema),
        "required": one["required"],
        "default": schema.get("default"),
        "said": said,
    }


def _body(details: Mapping[str, Any]) -> list[dict[str, Any]]:
    """`of` tells bodies of one operation and of several apart, for those who hear the page."""
    content = details.get("requestBody", {}).get("content", {})
    name = details["operationId"].replace("_", "-")
    return [
        {
            "kind": kind,
            "of": f"the body of {name}, {kind}",
            "type": type_text(one.get("schema", {})),
            "fields": _fields(one.get("schema", {})),
        }
        for kind, one in content.items()
    ]


def _answer(status: str, one: Mapping[str, Any]) -> dict[str, Any]:
    content = one.get("content", {})
    types = [type_text(known["schema"]) for known in content.values()]
    schema = types[0] if types else ""
    return {"status": status, "said": one["description"], "schema": schema, "kinds": list(content)}


def _curl(method: str, address: str, details: Mapping[str, Any]) -> str:
    parts = ["curl"]
    if method != "get":
        parts.append(f"-X {method.upper()}")
    if {} not in details["security"]:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    kinds = list(details.get("requestBody", {}).get("content", {}))
    if "multipart/form-data" in kinds:
        parts.append("-F benchmark=humaneval -F file=@samples.jsonl")
    elif "application/json" in kinds:
        parts.append("-H 'Content-Type: application/json' -d @body.json")
    elif kinds:
        parts.append(f"-H 'Content-Type: {kinds[0]}' --data-binary @samples.jsonl")
    return " ".join([*parts, f"'{address}'"])


def _fields(schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", ())
    return [
        {
            "name": name,
            "type": type_text(one),
            "required": name in required,
            "said": one.get("description", ""),
        }
        for name, one in schema.get("properties", {}).items()
    ]


def _slug(tag: str) -> str:
    return tag.lower().replace(" ", "-")
