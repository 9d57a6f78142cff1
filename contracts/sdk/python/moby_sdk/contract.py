"""What a contract is: methods with schemas. The modules in `moby_sdk.contracts` are made of these."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, ClassVar, Dict, List, Optional, Sequence, Union

from .call import Call
from .codec import decode, encode
from .limits import DEFAULT_LIMITS
from .schema import check, parse_json

__all__ = ["Call", "Contract", "Driver", "Method", "Nothing", "Schema"]

Schema = Dict[str, Any]
_EMPTY: Schema = {"type": "object", "properties": {}, "additionalProperties": False}


@dataclass
class Nothing:
    """A request without fields."""


@dataclass(frozen=True)
class Method:
    """One method of a contract."""

    #: As the contract has it: `putManifest`.
    name: str
    #: As Python has it: `put_manifest`.
    attribute: str
    request: Schema
    response: Optional[Schema]
    #: What the caller streams in: `"bytes"`, the schema of a record, or nothing.
    input: Union[None, str, Schema]
    #: What the method answers with in place of a response.
    output: Union[None, str, Schema]
    #: Milliseconds until the caller gives up; 0 for calls that may last.
    deadline_ms: int
    #: True when a second call with the same request has no further effect.
    idempotent: bool
    #: Bytes of the largest message as JSON.
    max_bytes: int = DEFAULT_LIMITS.body_bytes


class Contract:
    """A named, versioned interface between components."""

    def __init__(self, id: str, version: str, methods: Sequence[Method], types: Sequence[type]) -> None:
        self.id = id
        self.version = version
        self.methods: Dict[str, Method] = {method.name: method for method in methods}
        self.types: Dict[str, type] = {each.__name__: each for each in types}

    def read(self, schema: Optional[Schema], data: bytes, depth: int, code: str, subject: str) -> Any:
        """A message from its JSON. Fails with `code` when it does not match the schema."""
        value = parse_json(data, depth, code, subject)
        wanted = schema or _EMPTY
        check(wanted, value, code, subject)
        is_empty = wanted.get("type") == "object" and not (wanted.get("properties") or wanted.get("patternProperties"))
        return Nothing() if is_empty else decode(wanted, value, self.types)

    def write(self, schema: Optional[Schema], value: Any) -> bytes:
        """The JSON of a message. None stands for one without fields."""
        body = {} if value is None or isinstance(value, Nothing) else encode(schema or _EMPTY, value)
        return json.dumps(body, separators=(",", ":"), allow_nan=False).encode("utf-8")


class Driver:
    """What every driver is: an implementation of one contract."""

    contract: ClassVar[Contract]


def contracts_of(drivers: Sequence[Driver]) -> List[Dict[str, str]]:
    """The contracts of drivers, as the handshake tells them."""
    return [{"contract": each.contract.id, "version": each.contract.version} for each in drivers]
