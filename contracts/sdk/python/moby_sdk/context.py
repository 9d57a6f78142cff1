"""What the engine tells a component at its start."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional, Type, TypeVar

from .client import Peer
from .contract import Driver
from .contracts.component_kernel import ComponentKernel, DegradedRequest
from .errors import CodedError
from .log import Log

PROTOCOL = 1
D = TypeVar("D", bound=Driver)


@dataclass(frozen=True)
class Component:
    #: scope/name
    name: str
    version: str


@dataclass(frozen=True)
class Instance:
    #: Part of every name that is global on the host.
    id: str
    data_root: Path
    run_root: Path


@dataclass(frozen=True)
class Folders:
    #: State; survives reboots.
    data: Path
    #: Sockets and other files of this run.
    run: Path


class Context:
    """All that a component may use: its configuration, its folders, its log, and what it requires."""

    def __init__(self, facts: Dict[str, Any], log: Log) -> None:
        protocol = facts.get("protocol")
        if protocol != PROTOCOL:
            raise CodedError(
                "PROCESS_CONTEXT_INVALID",
                f"the engine speaks version {protocol} of the protocol of components, this SDK version {PROTOCOL}",
                hint="Use the SDK that belongs to the engine.",
            )
        #: Name of the entry in the assembly.
        self.name: str = facts["name"]
        self.component = Component(**_only(facts["component"], "name", "version"))
        self.assembly = Component(**_only(facts["assembly"], "name", "version"))
        instance, folders = facts["instance"], facts["folders"]
        self.instance = Instance(instance["id"], Path(instance["dataRoot"]), Path(instance["runRoot"]))
        self.folders = Folders(Path(folders["data"]), Path(folders["run"]))
        #: Checked against the schema in component.yaml, defaults filled in.
        self.config: Dict[str, Any] = facts["config"]
        self.log = log
        #: Path of the Unix socket to serve on.
        self.listen: str = facts["listen"]
        self._required: Dict[str, Dict[str, Any]] = {each["contract"]: each for each in facts["requires"]["contracts"]}
        self._peer = Peer(facts["requires"]["socket"])

    @staticmethod
    def load(log: Optional[Log] = None) -> "Context":
        """Reads the file that MOBY_CONTEXT names. Fails with PROCESS_CONTEXT_INVALID."""
        path = os.environ.get("MOBY_CONTEXT")
        if not path:
            raise CodedError(
                "PROCESS_CONTEXT_INVALID",
                "MOBY_CONTEXT is not set: a component is started by an engine, or by `moby conform`",
            )
        try:
            with open(path, encoding="utf-8") as file:
                return Context(json.load(file), log or Log())
        except (OSError, ValueError, KeyError, TypeError) as cause:
            raise CodedError("PROCESS_CONTEXT_INVALID", f"{path} cannot be used: {cause!r}") from cause

    def one(self, kind: Type[D]) -> D:
        """The provider of a required contract. Fails with DRIVER_UNKNOWN when component.yaml does not require it."""
        found = self.maybe(kind)
        if found is None:
            raise self._unknown(kind, "requires it, and the assembly must provide it")
        return found

    def maybe(self, kind: Type[D]) -> Optional[D]:
        """The provider of an optional requirement, if the assembly has one."""
        return self._peer.contract(kind) if kind.contract.id in self._required else None

    def many(self, kind: Type[D]) -> Dict[str, D]:
        """Every driver of a contract that is required with `many: true`, by name."""
        required = self._required.get(kind.contract.id)
        if required is None or "drivers" not in required:
            raise self._unknown(kind, "requires it with `many: true`")
        names: List[str] = required["drivers"]
        return {name: self._peer.contract(kind, name) for name in names}

    def degraded(self, reason: Optional[str]) -> None:
        """Tells that the component works with restrictions, or works again (None)."""
        self._peer.contract(ComponentKernel).degraded(DegradedRequest(reason))  # type: ignore[call-arg]

    def _unknown(self, kind: Type[Driver], words: str) -> CodedError:
        return CodedError(
            "DRIVER_UNKNOWN",
            f"{self.component.name} asks for {kind.contract.id}, which the engine does not give it",
            hint=f"its component.yaml must say that it {words}",
        )


def _only(facts: Dict[str, Any], *keys: str) -> Dict[str, Any]:
    return {key: facts[key] for key in keys}
