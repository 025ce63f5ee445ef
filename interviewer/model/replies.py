"""Structured replies: the schema as servers take it, as words, and the reading of what comes back.

Reading mends the wrapping (prose around the object, code fences, trailing commas, raw line breaks in
strings) and nothing else. A reply that breaks off is never closed for the model: libraries that do so
turn half a quote into a quote.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

T = TypeVar("T", bound=BaseModel)

# What strict mode takes everywhere; all else (lengths, formats, defaults) pydantic checks on the reply.
_KEPT = {"type", "enum", "const", "description", "minimum", "maximum", "minItems", "maxItems"}
_STRING_OR_COMMA = re.compile(r'"(?:[^"\\]|\\.)*"|,(?=\s*[}\]])', re.DOTALL)
_STRING_OR_BRACE = re.compile(r'"(?:[^"\\]|\\.)*"|[{}]', re.DOTALL)


class Misfit(Exception):
    """A reply that does not fit, with what is wrong in words that the model can act on."""


@cache
def strict_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """The `json_schema` of a response format, in strict mode; made once for each schema, and not to be changed."""
    name = re.sub(r"[^A-Za-z0-9_-]", "_", schema.__name__)[:64]
    return {"name": name, "strict": True, "schema": _strict(schema.model_json_schema())}


def _strict(node: Any) -> Any:
    """A schema with all fields required, none besides, and no keyword that strict mode does not know."""
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return {"$ref": node["$ref"]}
    kept = {k: v for k, v in node.items() if k in _KEPT}
    for inner in ("properties", "$defs"):
        if inner in node:
            kept[inner] = {name: _strict(value) for name, value in node[inner].items()}
    for items in ("items", "additionalProperties"):
        if items in node:
            kept[items] = _strict(node[items])
    if either := node.get("anyOf", node.get("oneOf")):
        kept["anyOf"] = [_strict(value) for value in either]
    if "properties" in node:
        kept |= {"required": list(node["properties"]), "additionalProperties": False}
    return kept


@cache
def in_words(schema: type[BaseModel]) -> str:
    """The schema said in a prompt, for servers that take none beside it."""
    written = json.dumps(schema.model_json_schema(), ensure_ascii=False)
    return f"Reply with one JSON object and nothing else. It must fit this JSON Schema:\n{written}"


def read_reply(text: str, finish: str | None, schema: type[T]) -> T:
    """The reply as a value of the schema; of several objects the last that fits. Raises Misfit."""
    if finish in ("length", "content_filter"):
        raise Misfit("it was cut off; answer more briefly" if finish == "length" else "it was held back by a content filter")
    wrong = "there is no whole JSON object in it" if text.strip() else "it is empty"
    for written in reversed(list(_objects(text))):
        try:
            return schema.model_validate_json(written)
        except ValidationError as error:
            wrong = _wrong(error)
    raise Misfit(wrong)


def _objects(text: str) -> Iterator[str]:
    """Every outermost JSON object in a text, mended in its wrapping; what breaks off is left out, and all that is inside it too."""
    if text.lstrip().startswith("<think>"):
        text = text.partition("</think>")[2]
    start = text.find("{")
    while start >= 0:
        end = _end(text, start)
        if end is None:
            return
        if (written := _mended(text[start:end])) is not None:
            yield written
        start = text.find("{", end)


def _mended(written: str) -> str | None:
    """One object written as plain JSON, without trailing commas and raw line breaks; None where it is no JSON even so."""
    bare = _STRING_OR_COMMA.sub(lambda m: "" if m[0] == "," else m[0], written)
    try:
        return json.dumps(json.loads(bare, strict=False, parse_constant=_no_number))
    except (ValueError, RecursionError):
        return None


def _end(text: str, start: int) -> int | None:
    """Where the object that starts here ends, or None where it breaks off."""
    depth = 0
    for found in _STRING_OR_BRACE.finditer(text, start):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0:
            return found.end()
    return None


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _wrong(error: ValidationError) -> str:
    """The first three things that are wrong, by field."""
    first = error.errors(include_url=False, include_context=False, include_input=False)[:3]
    return "; ".join(f"{'.'.join(map(str, e['loc'])) or 'the object'}: {e['msg']}" for e in first)
