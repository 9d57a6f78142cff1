"""Between the data classes of a contract and JSON: names, 64-bit integers (decimal strings), bytes (base64)."""

from __future__ import annotations

import base64
import re
from typing import Any, Dict, Mapping

_CAPITALS = re.compile(r"[A-Z]+")
_RESERVED = {"from", "in", "is", "not", "or", "and", "class", "def", "global", "import", "pass", "with"}


def snake(key: str) -> str:
    """`hostFiles` → `host_files`; words of Python get a dash at the end."""
    name = _CAPITALS.sub(lambda found: "_" + found.group().lower(), key).lstrip("_")
    return name + "_" if name in _RESERVED else name


def decode(schema: Dict[str, Any], value: Any, types: Mapping[str, type]) -> Any:
    """A checked value of JSON as Python has it. Keys that are not known are left out."""
    if value is None:
        return None
    if schema.get("contentEncoding") == "base64":
        return base64.b64decode(value)
    if schema.get("format") == "int64":
        return int(value)
    if schema.get("type") == "array" and isinstance(schema.get("items"), dict):
        return [decode(schema["items"], each, types) for each in value]
    if "properties" in schema:
        fields = {
            snake(key): decode(found, value[key], types)
            for key, found in schema["properties"].items()
            if key in value
        }
        made = types.get(schema.get("x-type", ""))
        return fields if made is None else made(**fields)
    if "patternProperties" in schema:
        (found,) = list(schema["patternProperties"].values())[:1]
        return {key: decode(found, each, types) for key, each in value.items()}
    return value


def encode(schema: Dict[str, Any], value: Any) -> Any:
    """A value of Python as JSON has it. Optional fields that are None are left out."""
    if schema.get("contentEncoding") == "base64" and isinstance(value, (bytes, bytearray, memoryview)):
        return base64.b64encode(value).decode("ascii")
    if schema.get("format") == "int64" and isinstance(value, int):
        return str(value)
    if schema.get("type") == "array" and isinstance(schema.get("items"), dict):
        return [encode(schema["items"], each) for each in value]
    if "properties" in schema and not isinstance(value, dict):
        required = schema.get("required", ())
        fields = ((key, found, getattr(value, snake(key))) for key, found in schema["properties"].items())
        return {key: encode(found, each) for key, found, each in fields if each is not None or key in required}
    if "patternProperties" in schema and isinstance(value, dict):
        (found,) = list(schema["patternProperties"].values())[:1]
        return {key: encode(found, each) for key, each in value.items()}
    return value
