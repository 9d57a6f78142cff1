"""builder 0.1.0: Makes images from a Dockerfile and a context.

Written from the contract by `npm run docs`; not to be edited.
"""


from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional

from ..contract import Call, Contract, Driver, Method, Nothing


@dataclass
class Ulimit:
    name: str
    soft: int
    hard: int


@dataclass
class Limits:
    #: Bytes
    memory: Optional[int] = None
    #: Bytes
    memory_swap: Optional[int] = None
    cpu_shares: Optional[int] = None
    cpu_period: Optional[int] = None
    cpu_quota: Optional[int] = None
    cpuset_cpus: Optional[str] = None
    cpuset_mems: Optional[str] = None
    cgroup_parent: Optional[str] = None
    #: Bytes
    shm_size: Optional[int] = None
    ulimits: Optional[List[Ulimit]] = None


@dataclass
class RegistryCredentials:
    username: Optional[str] = None
    password: Optional[str] = None
    #: A refresh token, exchanged at the token service
    identity_token: Optional[str] = None
    #: A bearer token, sent as it is
    registry_token: Optional[str] = None


@dataclass
class BuildRequest:
    #: Path in the context
    dockerfile: str
    tags: List[str]
    #: `--build-arg`; null is for a name that was given without a value: the default of its ARG
    #: holds
    args: Dict[str, Any]
    #: Added to the image
    labels: Dict[str, str]
    no_cache: bool
    #: Ask the registry for base images even when they are here
    pull: bool
    #: Remove the containers of steps. Where it is false they stay, but for those that were told
    #: secrets or proxies
    remove_intermediate: bool
    #: Remove the container of a step that fails, whatever removeIntermediate says
    force_remove: bool
    squash: bool
    extra_hosts: List[str]
    cache_from: List[str]
    limits: Limits
    security_options: List[str]
    #: Credentials by registry
    registries: Dict[str, RegistryCredentials]
    #: The Dockerfile itself: the context need not hold one
    dockerfile_content: Optional[str] = None
    #: The .dockerignore itself: none of the context is read
    ignore_content: Optional[str] = None
    #: URL of the context: an archive or a Dockerfile; the input is then empty
    remote: Optional[str] = None
    #: Stage to stop at; absent, the last one
    target: Optional[str] = None
    #: linux/amd64, linux/arm64/v8
    platform: Optional[str] = None
    #: Network of the containers of RUN: bridge, none, host, the name of one
    network: Optional[str] = None
    isolation: Optional[str] = None
    #: By id
    secrets: Optional[Dict[str, bytes]] = None


@dataclass
class Step:
    """A step begins, and the one before has ended
    """
    #: Its name; of one without, stage- and its number
    stage: str
    #: How many stages the Dockerfile has
    stages: int
    #: In its stage, from 1 for FROM; 0 before the first stage
    number: int
    #: Steps of the stage
    count: int
    #: The instruction
    text: str
    #: Of the Dockerfile; 0 for what stands in none
    line: int


@dataclass
class Output:
    """The same as `stream`, where that is output of RUN
    """
    from_: str
    text: str


@dataclass
class BuildProgress:
    #: Text for the user: steps, output of RUN
    stream: Optional[str] = None
    #: Of a base image that is pulled, with id, current and total
    status: Optional[str] = None
    id: Optional[str] = None
    current: Optional[float] = None
    total: Optional[float] = None
    #: `sha256:` and hex
    image_id: Optional[str] = None
    #: A step begins, and the one before has ended
    step: Optional[Step] = None
    #: The step is taken from an earlier build
    cached: Optional[bool] = None
    #: The same as `stream`, where that is output of RUN
    output: Optional[Output] = None
    #: The same as `stream`, where that is a warning
    warning: Optional[str] = None


@dataclass
class ExamineRequest:
    #: Path in the context
    dockerfile: str
    tags: List[str]
    #: `--build-arg`; null is for a name that was given without a value: the default of its ARG
    #: holds
    args: Dict[str, Any]
    #: Added to the image
    labels: Dict[str, str]
    no_cache: bool
    #: Ask the registry for base images even when they are here
    pull: bool
    #: Remove the containers of steps. Where it is false they stay, but for those that were told
    #: secrets or proxies
    remove_intermediate: bool
    #: Remove the container of a step that fails, whatever removeIntermediate says
    force_remove: bool
    squash: bool
    extra_hosts: List[str]
    cache_from: List[str]
    limits: Limits
    security_options: List[str]
    #: Credentials by registry
    registries: Dict[str, RegistryCredentials]
    #: The Dockerfile itself: the context need not hold one
    dockerfile_content: Optional[str] = None
    #: The .dockerignore itself: none of the context is read
    ignore_content: Optional[str] = None
    #: URL of the context: an archive or a Dockerfile; the input is then empty
    remote: Optional[str] = None
    #: Stage to stop at; absent, the last one
    target: Optional[str] = None
    #: linux/amd64, linux/arm64/v8
    platform: Optional[str] = None
    #: Network of the containers of RUN: bridge, none, host, the name of one
    network: Optional[str] = None
    isolation: Optional[str] = None
    #: By id
    secrets: Optional[Dict[str, bytes]] = None


@dataclass
class ExamineResponse:
    #: Names of images that steps begin with or take files from
    images: List[str]
    #: Ids
    secrets: List[str]
    #: Patterns of `ignoreContent`: files that need not be in the context
    excluded: List[str]


@dataclass
class Entry:
    id: str
    parents: List[str]
    #: regular, internal, exec.cachemount
    kind: str
    description: str
    in_use: bool
    shared: bool
    #: Bytes
    size: int
    #: When it was made
    created_at: str
    usage_count: int
    #: When it was last used
    last_used_at: Optional[str] = None


@dataclass
class UsageResponse:
    entries: List[Entry]


@dataclass
class PruneRequest:
    all: Optional[bool] = None
    #: Stop when the cache is this small
    keep_bytes: Optional[int] = None
    #: Only entries not used since
    unused_since: Optional[str] = None
    ids: Optional[List[str]] = None


@dataclass
class PruneResponse:
    removed: List[str]
    #: Bytes
    space_reclaimed: int


class Builder(Driver):
    """Makes images from a Dockerfile and a context.
    """

    def build(self, request: BuildRequest, stream: Iterator[bytes], call: Call) -> Iterator[BuildProgress]:
        """Builds an image from a context: a tar archive, plain or compressed. The image and its tags
        are there when the stream ends well; who stops reading cancels the build.

        Errors: DOCKERFILE_INVALID, BUILD_CONTEXT_INVALID, BUILD_OPTION_INVALID, BUILD_STEP_FAILED,
        IMAGE_NOT_FOUND, IMAGE_AMBIGUOUS, REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED,
        REGISTRY_DENIED, REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED,
        REGISTRY_FAILED, REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, NOT_SUPPORTED,
        IMAGE_REFERENCE_INVALID, IMAGE_INVALID, MANIFEST_INVALID, MANIFEST_LIMIT,
        PLATFORM_NOT_FOUND, CONTENT_MISMATCH, ARCHIVE_INVALID, ARCHIVE_TRUNCATED, ARCHIVE_ESCAPES,
        ARCHIVE_LIMIT, SNAPSHOT_TOO_DEEP, STORAGE_FULL, CONTAINER_SPEC_INVALID,
        CONTAINER_START_FAILED, DRIVER_AWAY, DRIVER_UNKNOWN, HOST_LACKS, NETWORK_NOT_KNOWN.
        """
        raise NotImplementedError

    def examine(self, request: ExamineRequest, call: Call) -> ExamineResponse:
        """What a build will ask for, as far as the Dockerfile of `dockerfileContent` tells; nothing is
        built. What triggers of base images ask for is not foreseen.

        Errors: DOCKERFILE_INVALID, BUILD_OPTION_INVALID, BUILD_CONTEXT_INVALID.
        """
        raise NotImplementedError

    def usage(self, request: Nothing, call: Call) -> UsageResponse:
        """What the cache of the builder holds.
        """
        raise NotImplementedError

    def prune(self, request: PruneRequest, call: Call) -> PruneResponse:
        """Removes what the cache holds and no build needs now: what images hold is not its own.

        Errors: FILTER_INVALID.
        """
        raise NotImplementedError


_SCHEMAS: Dict[str, Any] = json.loads(
    r'''{
"build.request": {"type":"object","required":["dockerfile","tags","args","labels","noCache","pull","removeIntermediate","forceRemove","squash","extraHosts","cacheFrom","limits","securityOptions","registries"],"additionalProperties":false,"x-type":"BuildRequest","properties":{"dockerfile":{"type":"string","description":"Path in the context"},"dockerfileContent":{"type":"string","description":"The Dockerfile itself: the context need not hold one"},"ignoreContent":{"type":"string","description":"The .dockerignore itself: none of the context is read"},"remote":{"type":"string","description":"URL of the context: an archive or a Dockerfile; the input is then empty"},"tags":{"type":"array","items":{"type":"string","description":"Names for the image"}},"target":{"type":"string","description":"Stage to stop at; absent, the last one"},"platform":{"type":"string","description":"linux/amd64, linux/arm64/v8"},"args":{"type":"object","description":"`--build-arg`; null is for a name that was given without a value: the default of its ARG holds","patternProperties":{"^.*$":{"anyOf":[{"type":"string"},{"type":"null"}]}}},"labels":{"type":"object","description":"Added to the image","patternProperties":{"^.*$":{"type":"string"}}},"noCache":{"type":"boolean"},"pull":{"type":"boolean","description":"Ask the registry for base images even when they are here"},"removeIntermediate":{"type":"boolean","description":"Remove the containers of steps. Where it is false they stay, but for those that were told secrets or proxies"},"forceRemove":{"type":"boolean","description":"Remove the container of a step that fails, whatever removeIntermediate says"},"squash":{"type":"boolean"},"network":{"type":"string","description":"Network of the containers of RUN: bridge, none, host, the name of one"},"extraHosts":{"type":"array","items":{"type":"string"}},"cacheFrom":{"type":"array","items":{"type":"string"}},"limits":{"type":"object","x-type":"Limits","properties":{"memory":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"memorySwap":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"cpuShares":{"type":"integer"},"cpuPeriod":{"type":"integer"},"cpuQuota":{"type":"integer"},"cpusetCpus":{"type":"string"},"cpusetMems":{"type":"string"},"cgroupParent":{"type":"string"},"shmSize":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"ulimits":{"type":"array","items":{"type":"object","required":["name","soft","hard"],"x-type":"Ulimit","properties":{"name":{"type":"string"},"soft":{"type":"integer"},"hard":{"type":"integer"}}}}}},"securityOptions":{"type":"array","items":{"type":"string"}},"isolation":{"type":"string"},"secrets":{"type":"object","description":"By id","patternProperties":{"^.*$":{"type":"string","contentEncoding":"base64","description":"Content of the secret"}}},"registries":{"type":"object","description":"Credentials by registry","patternProperties":{"^.*$":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}}}}}},
"build.output": {"type":"object","x-type":"BuildProgress","properties":{"stream":{"type":"string","description":"Text for the user: steps, output of RUN"},"status":{"type":"string","description":"Of a base image that is pulled, with id, current and total"},"id":{"type":"string"},"current":{"type":"number"},"total":{"type":"number"},"imageId":{"type":"string","description":"`sha256:` and hex"},"step":{"type":"object","required":["stage","stages","number","count","text","line"],"description":"A step begins, and the one before has ended","x-type":"Step","properties":{"stage":{"type":"string","description":"Its name; of one without, stage- and its number"},"stages":{"type":"integer","description":"How many stages the Dockerfile has"},"number":{"type":"integer","description":"In its stage, from 1 for FROM; 0 before the first stage"},"count":{"type":"integer","description":"Steps of the stage"},"text":{"type":"string","description":"The instruction"},"line":{"type":"integer","description":"Of the Dockerfile; 0 for what stands in none"}}},"cached":{"type":"boolean","description":"The step is taken from an earlier build"},"output":{"type":"object","required":["from","text"],"description":"The same as `stream`, where that is output of RUN","x-type":"Output","properties":{"from":{"type":"string","enum":["stdout","stderr"]},"text":{"type":"string"}}},"warning":{"type":"string","description":"The same as `stream`, where that is a warning"}}},
"examine.request": {"type":"object","required":["dockerfile","tags","args","labels","noCache","pull","removeIntermediate","forceRemove","squash","extraHosts","cacheFrom","limits","securityOptions","registries"],"additionalProperties":false,"x-type":"ExamineRequest","properties":{"dockerfile":{"type":"string","description":"Path in the context"},"dockerfileContent":{"type":"string","description":"The Dockerfile itself: the context need not hold one"},"ignoreContent":{"type":"string","description":"The .dockerignore itself: none of the context is read"},"remote":{"type":"string","description":"URL of the context: an archive or a Dockerfile; the input is then empty"},"tags":{"type":"array","items":{"type":"string","description":"Names for the image"}},"target":{"type":"string","description":"Stage to stop at; absent, the last one"},"platform":{"type":"string","description":"linux/amd64, linux/arm64/v8"},"args":{"type":"object","description":"`--build-arg`; null is for a name that was given without a value: the default of its ARG holds","patternProperties":{"^.*$":{"anyOf":[{"type":"string"},{"type":"null"}]}}},"labels":{"type":"object","description":"Added to the image","patternProperties":{"^.*$":{"type":"string"}}},"noCache":{"type":"boolean"},"pull":{"type":"boolean","description":"Ask the registry for base images even when they are here"},"removeIntermediate":{"type":"boolean","description":"Remove the containers of steps. Where it is false they stay, but for those that were told secrets or proxies"},"forceRemove":{"type":"boolean","description":"Remove the container of a step that fails, whatever removeIntermediate says"},"squash":{"type":"boolean"},"network":{"type":"string","description":"Network of the containers of RUN: bridge, none, host, the name of one"},"extraHosts":{"type":"array","items":{"type":"string"}},"cacheFrom":{"type":"array","items":{"type":"string"}},"limits":{"type":"object","x-type":"Limits","properties":{"memory":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"memorySwap":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"cpuShares":{"type":"integer"},"cpuPeriod":{"type":"integer"},"cpuQuota":{"type":"integer"},"cpusetCpus":{"type":"string"},"cpusetMems":{"type":"string"},"cgroupParent":{"type":"string"},"shmSize":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"ulimits":{"type":"array","items":{"type":"object","required":["name","soft","hard"],"x-type":"Ulimit","properties":{"name":{"type":"string"},"soft":{"type":"integer"},"hard":{"type":"integer"}}}}}},"securityOptions":{"type":"array","items":{"type":"string"}},"isolation":{"type":"string"},"secrets":{"type":"object","description":"By id","patternProperties":{"^.*$":{"type":"string","contentEncoding":"base64","description":"Content of the secret"}}},"registries":{"type":"object","description":"Credentials by registry","patternProperties":{"^.*$":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}}}}}},
"examine.response": {"type":"object","required":["images","secrets","excluded"],"x-type":"ExamineResponse","properties":{"images":{"type":"array","description":"Names of images that steps begin with or take files from","items":{"type":"string"}},"secrets":{"type":"array","description":"Ids","items":{"type":"string"}},"excluded":{"type":"array","description":"Patterns of `ignoreContent`: files that need not be in the context","items":{"type":"string"}}}},
"usage.request": {"type":"object","additionalProperties":false,"properties":{}},
"usage.response": {"type":"object","required":["entries"],"x-type":"UsageResponse","properties":{"entries":{"type":"array","items":{"type":"object","required":["id","parents","kind","description","inUse","shared","size","createdAt","usageCount"],"x-type":"Entry","properties":{"id":{"type":"string"},"parents":{"type":"array","items":{"type":"string"}},"kind":{"type":"string","description":"regular, internal, exec.cachemount"},"description":{"type":"string"},"inUse":{"type":"boolean"},"shared":{"type":"boolean"},"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"createdAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it was made"},"lastUsedAt":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"When it was last used"},"usageCount":{"type":"integer"}}}}}},
"prune.request": {"type":"object","additionalProperties":false,"x-type":"PruneRequest","properties":{"all":{"type":"boolean"},"keepBytes":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Stop when the cache is this small"},"unusedSince":{"type":"string","pattern":"^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z$","description":"Only entries not used since"},"ids":{"type":"array","items":{"type":"string"}}}},
"prune.response": {"type":"object","required":["removed","spaceReclaimed"],"x-type":"PruneResponse","properties":{"removed":{"type":"array","items":{"type":"string"}},"spaceReclaimed":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"}}}
}'''
)


Builder.contract = Contract(
    "builder",
    "0.1.0",
    [
        Method(
            "build",
            "build",
            request=_SCHEMAS["build.request"],
            response=None,
            input="bytes",
            output=_SCHEMAS["build.output"],
            deadline_ms=0,
            idempotent=False,
        ),
        Method(
            "examine",
            "examine",
            request=_SCHEMAS["examine.request"],
            response=_SCHEMAS["examine.response"],
            input=None,
            output=None,
            deadline_ms=10000,
            idempotent=True,
        ),
        Method(
            "usage",
            "usage",
            request=_SCHEMAS["usage.request"],
            response=_SCHEMAS["usage.response"],
            input=None,
            output=None,
            deadline_ms=0,
            idempotent=True,
        ),
        Method(
            "prune",
            "prune",
            request=_SCHEMAS["prune.request"],
            response=_SCHEMAS["prune.response"],
            input=None,
            output=None,
            deadline_ms=0,
            idempotent=True,
        ),
    ],
    [
        Ulimit,
        Limits,
        RegistryCredentials,
        BuildRequest,
        Step,
        Output,
        BuildProgress,
        ExamineRequest,
        ExamineResponse,
        Entry,
        UsageResponse,
        PruneRequest,
        PruneResponse,
    ],
)
