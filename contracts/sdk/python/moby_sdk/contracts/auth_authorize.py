"""auth.authorize 0.1.0: What a caller may do. Several drivers are asked in order, and all must allow.

Written from the contract by `npm run docs`; not to be edited.
"""


from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional

from ..contract import Call, Contract, Driver, Method, Nothing


@dataclass
class Principal:
    #: User name, certificate name, subject; the number of a user that has no name
    name: str
    #: How it was established: peer-credentials, tls, token
    method: str
    #: Names, each once; empty when none is known
    groups: List[str]


@dataclass
class Operation:
    #: Method of the engine contract: containers.create
    name: str
    #: Its request
    request: Any


@dataclass
class HttpEvidence:
    method: str
    #: As received, with version and query
    uri: str
    #: Credentials are removed
    headers: Dict[str, str]
    #: JSON bodies only; a body over the limit is denied, never left out
    body: Optional[bytes] = None
    certificates: Optional[List[str]] = None


@dataclass
class AuthorizeRequest:
    principal: Principal
    operation: Operation
    http: Optional[HttpEvidence] = None


@dataclass
class AuthorizeResponse:
    allow: bool
    #: Told to the caller when denied
    message: Optional[str] = None


@dataclass
class AuthorizeResponseRequest:
    principal: Principal
    operation: Operation
    status: int
    #: Of the answer
    headers: Dict[str, str]
    http: Optional[HttpEvidence] = None
    #: Of the answer
    body: Optional[bytes] = None


@dataclass
class AuthorizeResponseResponse:
    allow: bool
    #: Told to the caller when denied
    message: Optional[str] = None


class AuthAuthorize(Driver):
    """What a caller may do. Several drivers are asked in order, and all must allow.
    """

    def authorize(self, request: AuthorizeRequest, call: Call) -> AuthorizeResponse:
        """Decides on an operation before it is done. An error counts as a denial. The same question
        has the same answer, whatever was asked before or meanwhile, and the operation is left as it
        is.
        """
        raise NotImplementedError

    def authorize_response(self, request: AuthorizeResponseRequest, call: Call) -> AuthorizeResponseResponse:
        """Decides whether the caller may see the answer, for answers that are not streams.

        Errors: NOT_SUPPORTED.
        """
        raise NotImplementedError


_SCHEMAS: Dict[str, Any] = json.loads(
    r'''{
"authorize.request": {"type":"object","required":["principal","operation"],"additionalProperties":false,"x-type":"AuthorizeRequest","properties":{"principal":{"type":"object","required":["name","method","groups"],"x-type":"Principal","properties":{"name":{"type":"string","description":"User name, certificate name, subject; the number of a user that has no name"},"method":{"type":"string","description":"How it was established: peer-credentials, tls, token"},"groups":{"type":"array","description":"Names, each once; empty when none is known","items":{"type":"string"}}}},"operation":{"type":"object","required":["name","request"],"additionalProperties":false,"x-type":"Operation","properties":{"name":{"type":"string","description":"Method of the engine contract: containers.create"},"request":{"description":"Its request"}}},"http":{"type":"object","required":["method","uri","headers"],"additionalProperties":false,"x-type":"HttpEvidence","properties":{"method":{"type":"string"},"uri":{"type":"string","description":"As received, with version and query"},"headers":{"type":"object","description":"Credentials are removed","patternProperties":{"^.*$":{"type":"string"}}},"body":{"type":"string","contentEncoding":"base64","description":"JSON bodies only; a body over the limit is denied, never left out"},"certificates":{"type":"array","items":{"type":"string"}}}}}},
"authorize.response": {"type":"object","required":["allow"],"x-type":"AuthorizeResponse","properties":{"allow":{"type":"boolean"},"message":{"type":"string","description":"Told to the caller when denied"}}},
"authorizeResponse.request": {"type":"object","required":["principal","operation","status","headers"],"additionalProperties":false,"x-type":"AuthorizeResponseRequest","properties":{"principal":{"type":"object","required":["name","method","groups"],"x-type":"Principal","properties":{"name":{"type":"string","description":"User name, certificate name, subject; the number of a user that has no name"},"method":{"type":"string","description":"How it was established: peer-credentials, tls, token"},"groups":{"type":"array","description":"Names, each once; empty when none is known","items":{"type":"string"}}}},"operation":{"type":"object","required":["name","request"],"additionalProperties":false,"x-type":"Operation","properties":{"name":{"type":"string","description":"Method of the engine contract: containers.create"},"request":{"description":"Its request"}}},"http":{"type":"object","required":["method","uri","headers"],"additionalProperties":false,"x-type":"HttpEvidence","properties":{"method":{"type":"string"},"uri":{"type":"string","description":"As received, with version and query"},"headers":{"type":"object","description":"Credentials are removed","patternProperties":{"^.*$":{"type":"string"}}},"body":{"type":"string","contentEncoding":"base64","description":"JSON bodies only; a body over the limit is denied, never left out"},"certificates":{"type":"array","items":{"type":"string"}}}},"status":{"type":"integer"},"headers":{"type":"object","description":"Of the answer","patternProperties":{"^.*$":{"type":"string"}}},"body":{"type":"string","contentEncoding":"base64","description":"Of the answer"}}},
"authorizeResponse.response": {"type":"object","required":["allow"],"x-type":"AuthorizeResponseResponse","properties":{"allow":{"type":"boolean"},"message":{"type":"string","description":"Told to the caller when denied"}}}
}'''
)


AuthAuthorize.contract = Contract(
    "auth.authorize",
    "0.1.0",
    [
        Method(
            "authorize",
            "authorize",
            request=_SCHEMAS["authorize.request"],
            response=_SCHEMAS["authorize.response"],
            input=None,
            output=None,
            deadline_ms=10000,
            idempotent=True,
        ),
        Method(
            "authorizeResponse",
            "authorize_response",
            request=_SCHEMAS["authorizeResponse.request"],
            response=_SCHEMAS["authorizeResponse.response"],
            input=None,
            output=None,
            deadline_ms=10000,
            idempotent=True,
        ),
    ],
    [
        Principal,
        Operation,
        HttpEvidence,
        AuthorizeRequest,
        AuthorizeResponse,
        AuthorizeResponseRequest,
        AuthorizeResponseResponse,
    ],
)
