"""Checks values against the JSON Schemas of the contracts, as far as these use the language."""

from __future__ import annotations

import base64
import binascii
import json
import re
from functools import lru_cache
from typing import Any, Dict, Optional, Tuple

from .errors import CodedError

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"?', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")

#: Path (a JSON pointer) and what is wrong there.
Problem = Tuple[str, str]


def parse_json(data: bytes, depth: int, code: str, subject: str) -> Any:
    """Reads JSON that a peer sent. Fails with `code` for what is none or is nested deeper than `depth`."""
    if _is_deeper_than(data, depth):
        raise CodedError(code, f"{subject}: values are nested deeper than {depth} levels")
    try:
        return json.loads(data.decode("utf-8", "replace"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as cause:
        raise CodedError(code, f"{subject}: not JSON") from cause


def check(schema: Dict[str, Any], value: Any, code: str, subject: str) -> None:
    """Fails with `code`; the message and `details.path` (a JSON pointer) name what is wrong."""
    problem = _problem(schema, value, "")
    if problem is not None:
        path, text = problem
        raise CodedError(code, f"{subject}: {path or 'the body'} {text}", details={"path": path})


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


def _is_deeper_than(data: bytes, limit: int) -> bool:
    # What has few brackets cannot be deep, and most bodies have few.
    if data.count(b"[") + data.count(b"{") <= limit:
        return False
    depth = 0
    for bracket in _BRACKET.finditer(_STRING.sub(b"", data)):
        if bracket.group() in b"[{":
            depth += 1
            if depth > limit:
                return True
        else:
            depth -= 1
    return False


def _problem(schema: Dict[str, Any], value: Any, path: str) -> Optional[Problem]:
    for choice in ("anyOf", "oneOf"):
        if choice in schema:
            found = [_problem(each, value, path) for each in schema[choice]]
            if None not in found:
                # The branch whose mismatch lies deepest is the one that was meant.
                return max((each for each in found if each), key=lambda each: len(each[0]))
    if "const" in schema and value != schema["const"]:
        return path, f"must be {json.dumps(schema['const'])}"
    if "enum" in schema and value not in schema["enum"]:
        return path, f"must be one of {', '.join(map(str, schema['enum']))}"
    kind = schema.get("type")
    if kind == "object":
        return _object_problem(schema, value, path)
    if kind == "array":
        return _array_problem(schema, value, path)
    if kind == "string":
        return _string_problem(schema, value, path)
    if kind in ("integer", "number"):
        return _number_problem(schema, value, path)
    if kind == "boolean" and not isinstance(value, bool):
        return path, "must be true or false"
    if kind == "null" and value is not None:
        return path, "must be null"
    return None


def _object_problem(schema: Dict[str, Any], value: Any, path: str) -> Optional[Problem]:
    if not isinstance(value, dict):
        return path, "must be an object"
    for key in schema.get("required", ()):
        if key not in value:
            return path, f"must have the key {key}"
    properties: Dict[str, Any] = schema.get("properties", {})
    patterns: Dict[str, Any] = schema.get("patternProperties", {})
    for key, each in value.items():
        at = f"{path}/{key.replace('~', '~0').replace('/', '~1')}"
        matching = [found for pattern, found in patterns.items() if _pattern(pattern).search(key)]
        known = [properties[key], *matching] if key in properties else matching
        if not known and schema.get("additionalProperties") is False:
            return at, "is not known"
        for found in known:
            problem = _problem(found, each, at)
            if problem is not None:
                return problem
    return None


def _array_problem(schema: Dict[str, Any], value: Any, path: str) -> Optional[Problem]:
    if not isinstance(value, list):
        return path, "must be a list"
    if len(value) < schema.get("minItems", 0):
        return path, f"must have at least {schema['minItems']} items"
    if len(value) > schema.get("maxItems", len(value)):
        return path, f"must have at most {schema['maxItems']} items"
    items = schema.get("items", {})
    if isinstance(items, list) and len(value) != len(items):
        return path, f"must have {len(items)} items"
    for index, each in enumerate(value):
        problem = _problem(items[index] if isinstance(items, list) else items, each, f"{path}/{index}")
        if problem is not None:
            return problem
    return None


def _string_problem(schema: Dict[str, Any], value: Any, path: str) -> Optional[Problem]:
    if not isinstance(value, str):
        return path, "must be text"
    if len(value) < schema.get("minLength", 0):
        return path, f"must have at least {schema['minLength']} characters"
    if len(value) > schema.get("maxLength", len(value)):
        return path, f"must have at most {schema['maxLength']} characters"
    if "pattern" in schema and not _pattern(schema["pattern"]).search(value):
        return path, f"must match {schema['pattern']}"
    if schema.get("contentEncoding") == "base64":
        try:
            base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            return path, "must be base64"
    return None


def _number_problem(schema: Dict[str, Any], value: Any, path: str) -> Optional[Problem]:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return path, "must be a number"
    if schema["type"] == "integer" and value != int(value):
        return path, "must be a whole number"
    if value < schema.get("minimum", value):
        return path, f"must be at least {schema['minimum']}"
    if value > schema.get("maximum", value):
        return path, f"must be at most {schema['maximum']}"
    return None


@lru_cache(maxsize=256)
def _pattern(text: str) -> "re.Pattern[str]":
    # `$` of Python matches before a last line feed too, that of JSON Schema does not.
    ending = text[:-1] + r"\Z" if text.endswith("$") and not text.endswith(r"\$") else text
    return re.compile(ending, re.ASCII)
