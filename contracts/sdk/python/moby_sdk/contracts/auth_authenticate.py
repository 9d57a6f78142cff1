"""auth.authenticate 0.1.0: Who is calling.

Written from the contract by `npm run docs`; not to be edited.
"""


from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional

from ..contract import Call, Contract, Driver, Method, Nothing


@dataclass
class SocketResponse:
    #: Permission bits: never those of others than owner and group
    mode: int
    #: Group of the socket; absent, that of the front-end's process
    gid: Optional[int] = None


@dataclass
class Peer:
    uid: int
    gid: int
    #: In the namespace of the engine; may have been reused
    pid: int


@dataclass
class Evidence:
    transport: str
    peer: Optional[Peer] = None
    #: PEM, the peer's own first; only those that the front-end has verified
    certificates: Optional[List[str]] = None
    #: Headers that may carry credentials, lower-case names
    headers: Optional[Dict[str, str]] = None


@dataclass
class AuthenticateRequest:
    evidence: Evidence


@dataclass
class Principal:
    #: User name, certificate name, subject; the number of a user that has no name
    name: str
    #: How it was established: peer-credentials, tls, token
    method: str
    #: Names, each once; empty when none is known
    groups: List[str]


@dataclass
class AuthenticateResponse:
    principal: Principal


class AuthAuthenticate(Driver):
    """Who is calling.
    """

    def socket(self, request: Nothing, call: Call) -> SocketResponse:
        """How a front-end must make its Unix socket, so that the right callers can connect.
        """
        raise NotImplementedError

    def authenticate(self, request: AuthenticateRequest, call: Call) -> AuthenticateResponse:
        """The principal behind a connection, the same for the same evidence. Fails with
        AUTH_NOT_AUTHENTICATED, never by guessing: not by `peer` of another transport than `unix`,
        nor by evidence of any size that it cannot use.

        Errors: AUTH_NOT_AUTHENTICATED.
        """
        raise NotImplementedError


_SCHEMAS: Dict[str, Any] = json.loads(
    r'''{
"socket.request": {"type":"object","additionalProperties":false,"properties":{}},
"socket.response": {"type":"object","required":["mode"],"x-type":"SocketResponse","properties":{"mode":{"type":"integer","description":"Permission bits: never those of others than owner and group"},"gid":{"type":"integer","description":"Group of the socket; absent, that of the front-end's process"}}},
"authenticate.request": {"type":"object","required":["evidence"],"additionalProperties":false,"x-type":"AuthenticateRequest","properties":{"evidence":{"type":"object","required":["transport"],"additionalProperties":false,"x-type":"Evidence","properties":{"transport":{"type":"string","enum":["unix","tcp","tls"]},"peer":{"type":"object","required":["uid","gid","pid"],"additionalProperties":false,"x-type":"Peer","properties":{"uid":{"type":"integer"},"gid":{"type":"integer"},"pid":{"type":"integer","description":"In the namespace of the engine; may have been reused"}}},"certificates":{"type":"array","description":"PEM, the peer's own first; only those that the front-end has verified","items":{"type":"string"}},"headers":{"type":"object","description":"Headers that may carry credentials, lower-case names","patternProperties":{"^.*$":{"type":"string"}}}}}}},
"authenticate.response": {"type":"object","required":["principal"],"x-type":"AuthenticateResponse","properties":{"principal":{"type":"object","required":["name","method","groups"],"x-type":"Principal","properties":{"name":{"type":"string","description":"User name, certificate name, subject; the number of a user that has no name"},"method":{"type":"string","description":"How it was established: peer-credentials, tls, token"},"groups":{"type":"array","description":"Names, each once; empty when none is known","items":{"type":"string"}}}}}}
}'''
)


AuthAuthenticate.contract = Contract(
    "auth.authenticate",
    "0.1.0",
    [
        Method(
            "socket",
            "socket",
            request=_SCHEMAS["socket.request"],
            response=_SCHEMAS["socket.response"],
            input=None,
            output=None,
            deadline_ms=5000,
            idempotent=True,
        ),
        Method(
            "authenticate",
            "authenticate",
            request=_SCHEMAS["authenticate.request"],
            response=_SCHEMAS["authenticate.response"],
            input=None,
            output=None,
            deadline_ms=10000,
            idempotent=True,
        ),
    ],
    [
        SocketResponse,
        Peer,
        Evidence,
        AuthenticateRequest,
        Principal,
        AuthenticateResponse,
    ],
)
