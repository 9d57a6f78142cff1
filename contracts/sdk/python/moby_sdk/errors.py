"""Errors with codes: the only ones that cross a component's boundary."""

from __future__ import annotations

import json
from typing import Any, Dict, Optional, Tuple

from .error_codes import CODES, KINDS


class CodedError(Exception):
    """An error of the table of errors, or of the component itself.

    The message names the object and the cause, the hint names the remedy. The kind decides the status of
    HTTP: one of `KINDS`, known for codes of the table, to be told for others. `details` are facts for machines.
    """

    def __init__(
        self,
        code: str,
        message: str,
        hint: Optional[str] = None,
        details: Optional[Dict[str, Any]] = None,
        kind: Optional[str] = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.details = details
        own = kind if kind in KINDS else "internal"
        self.kind: str = CODES.get(code, own)

    def __str__(self) -> str:
        return f"{self.message} [{self.code}]"


def not_supported(what: str) -> CodedError:
    """The error for an operation that the component does not offer."""
    return CodedError("NOT_SUPPORTED", f"{what} is not supported by this component")


def to_envelope(error: BaseException) -> Tuple[int, Dict[str, Any]]:
    """Status and body of an error. What has no code is WIRE_INTERNAL; its trace stays at home."""
    if isinstance(error, NotImplementedError):
        error = CodedError("NOT_SUPPORTED", str(error) or "this component does not offer the operation")
    if not isinstance(error, CodedError):
        error = CodedError("WIRE_INTERNAL", str(error) or type(error).__name__)
    body: Dict[str, Any] = {"code": error.code, "kind": error.kind, "message": error.message}
    if error.hint is not None:
        body["hint"] = error.hint
    if error.details is not None and _is_json(error.details):
        body["details"] = error.details
    return KINDS[error.kind], {"error": body}


def from_envelope(value: Any, subject: str) -> CodedError:
    """The error that a peer sent. One that breaks the form is WIRE_RESPONSE_INVALID."""
    error = value.get("error") if isinstance(value, dict) else None
    if not isinstance(error, dict) or not all(isinstance(error.get(key), str) for key in ("code", "kind", "message")):
        return CodedError("WIRE_RESPONSE_INVALID", f"{subject}: an error without code, kind and message")
    hint, details = error.get("hint"), error.get("details")
    return CodedError(
        error["code"],
        error["message"],
        hint=hint if isinstance(hint, str) else None,
        details=details if isinstance(details, dict) else None,
        kind=error["kind"],
    )


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value, allow_nan=False)
        return True
    except (TypeError, ValueError):
        return False
