"""image.source 0.1.0: Registries: manifests and blobs by name and digest.

Written from the contract by `npm run docs`; not to be edited.
"""


from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional

from ..contract import Call, Contract, Driver, Method, Nothing


@dataclass
class RegistryCredentials:
    username: Optional[str] = None
    password: Optional[str] = None
    #: A refresh token, exchanged at the token service
    identity_token: Optional[str] = None
    #: A bearer token, sent as it is
    registry_token: Optional[str] = None


@dataclass
class ManifestRequest:
    #: Host with or without port: docker.io, localhost:5000
    registry: str
    #: Complete path: library/busybox
    repository: str
    #: Tag or digest
    reference: str
    #: What the repository holds, which token services want to be asked for; absent: images
    kind: Optional[str] = None
    credentials: Optional[RegistryCredentials] = None


@dataclass
class ManifestResponse:
    media_type: str
    #: `sha256:` and 64 hexadecimal digits
    digest: str
    #: Bytes
    size: int
    #: The manifest
    content: bytes
    #: Host that answered: the registry or a mirror of it
    from_: str


@dataclass
class HeadRequest:
    #: Host with or without port: docker.io, localhost:5000
    registry: str
    #: Complete path: library/busybox
    repository: str
    #: Tag or digest
    reference: str
    #: What the repository holds, which token services want to be asked for; absent: images
    kind: Optional[str] = None
    credentials: Optional[RegistryCredentials] = None


@dataclass
class HeadResponse:
    media_type: str
    #: `sha256:` and 64 hexadecimal digits
    digest: str
    #: Bytes
    size: int


@dataclass
class BlobRequest:
    #: Host with or without port: docker.io, localhost:5000
    registry: str
    #: Complete path: library/busybox
    repository: str
    #: `sha256:` and 64 hexadecimal digits
    digest: str
    #: Bytes of the whole blob, as its descriptor tells
    size: int
    #: What the repository holds, which token services want to be asked for; absent: images
    kind: Optional[str] = None
    credentials: Optional[RegistryCredentials] = None
    #: Bytes to leave out at the start
    offset: Optional[int] = None
    #: The caller computes the digest itself, while it keeps the blob: not done twice
    unchecked: Optional[bool] = None
    #: Of a foreign layer: asked only when the configuration allows it, never with credentials
    urls: Optional[List[str]] = None


@dataclass
class OfferRequest:
    #: Host with or without port: docker.io, localhost:5000
    registry: str
    #: Complete path: library/busybox
    repository: str
    #: `sha256:` and 64 hexadecimal digits
    digest: str
    #: What the repository holds, which token services want to be asked for; absent: images
    kind: Optional[str] = None
    credentials: Optional[RegistryCredentials] = None
    #: Repositories of this registry that may have it
    mount_from: Optional[List[str]] = None


@dataclass
class OfferResponse:
    present: bool
    #: Set when it was mounted just now
    mounted_from: Optional[str] = None


@dataclass
class UploadRequest:
    #: Host with or without port: docker.io, localhost:5000
    registry: str
    #: Complete path: library/busybox
    repository: str
    #: `sha256:` and 64 hexadecimal digits
    digest: str
    #: Bytes
    size: int
    #: What the repository holds, which token services want to be asked for; absent: images
    kind: Optional[str] = None
    credentials: Optional[RegistryCredentials] = None


@dataclass
class PutManifestRequest:
    #: Host with or without port: docker.io, localhost:5000
    registry: str
    #: Complete path: library/busybox
    repository: str
    #: Tag or digest
    reference: str
    media_type: str
    #: The manifest
    content: bytes
    #: What the repository holds, which token services want to be asked for; absent: images
    kind: Optional[str] = None
    credentials: Optional[RegistryCredentials] = None


@dataclass
class PutManifestResponse:
    #: `sha256:` and 64 hexadecimal digits
    digest: str


@dataclass
class TagsRequest:
    #: Host with or without port: docker.io, localhost:5000
    registry: str
    #: Complete path: library/busybox
    repository: str
    #: What the repository holds, which token services want to be asked for; absent: images
    kind: Optional[str] = None
    credentials: Optional[RegistryCredentials] = None


@dataclass
class TagsItem:
    tag: str


@dataclass
class ReferrersRequest:
    #: Host with or without port: docker.io, localhost:5000
    registry: str
    #: Complete path: library/busybox
    repository: str
    #: `sha256:` and 64 hexadecimal digits
    digest: str
    #: What the repository holds, which token services want to be asked for; absent: images
    kind: Optional[str] = None
    credentials: Optional[RegistryCredentials] = None
    artifact_type: Optional[str] = None


@dataclass
class ReferrersItem:
    media_type: str
    #: `sha256:` and 64 hexadecimal digits
    digest: str
    #: Bytes
    size: int
    artifact_type: Optional[str] = None
    #: Of the manifest
    annotations: Optional[Dict[str, str]] = None


@dataclass
class LoginRequest:
    #: Host with or without port: docker.io, localhost:5000
    registry: str
    credentials: RegistryCredentials


@dataclass
class LoginResponse:
    identity_token: Optional[str] = None


@dataclass
class SearchRequest:
    #: Host with or without port: docker.io, localhost:5000
    registry: str
    term: str
    limit: int
    credentials: Optional[RegistryCredentials] = None


@dataclass
class Result:
    name: str
    description: str
    stars: int
    official: bool
    automated: bool


@dataclass
class SearchResponse:
    results: List[Result]


class ImageSource(Driver):
    """Registries: manifests and blobs by name and digest.
    """

    def manifest(self, request: ManifestRequest, call: Call) -> ManifestResponse:
        """A manifest or index by tag or digest, as the bytes that the registry has: the digest is
        computed of them, and checked when it was asked for. At most 4 MiB.

        Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
        REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
        REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
        NOT_SUPPORTED, CONTENT_MISMATCH, DIGEST_INVALID, MANIFEST_LIMIT.
        """
        raise NotImplementedError

    def head(self, request: HeadRequest, call: Call) -> HeadResponse:
        """What a tag or digest names, without its content.

        Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
        REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
        REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
        NOT_SUPPORTED, CONTENT_MISMATCH, DIGEST_INVALID, MANIFEST_LIMIT.
        """
        raise NotImplementedError

    def blob(self, request: BlobRequest, call: Call) -> Iterator[bytes]:
        """A blob from a byte on. It goes on where the connection broke, several ranges at once where
        that is faster, in order all the same. The whole of it is checked against digest and size
        when it is read from the start; who resumes, or asks for it unchecked, checks the digest,
        and the size is checked all the same.

        Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
        REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
        REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
        NOT_SUPPORTED, CONTENT_MISMATCH, DIGEST_INVALID.
        """
        raise NotImplementedError

    def offer(self, request: OfferRequest, call: Call) -> OfferResponse:
        """Asks whether a blob is in a repository, and has it mounted from another one of the same
        registry if it can.

        Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
        REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
        REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
        NOT_SUPPORTED, DIGEST_INVALID.
        """
        raise NotImplementedError

    def upload(self, request: UploadRequest, stream: Iterator[bytes], call: Call) -> None:
        """Sends a blob: in one piece or in chunks, as the registry wants. The driver tries again what
        may pass, as far as it has kept what it read; beyond that it fails with `restart` in the
        details, and the caller calls again.

        Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
        REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
        REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
        NOT_SUPPORTED, CONTENT_MISMATCH, DIGEST_INVALID.
        """
        raise NotImplementedError

    def put_manifest(self, request: PutManifestRequest, call: Call) -> PutManifestResponse:
        """Stores a manifest or index under a tag or its digest. What it refers to must be there.

        Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
        REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
        REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
        NOT_SUPPORTED, CONTENT_MISMATCH, DIGEST_INVALID.
        """
        raise NotImplementedError

    def tags(self, request: TagsRequest, call: Call) -> Iterator[TagsItem]:
        """The tags of a repository, page after page.

        Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
        REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
        REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
        NOT_SUPPORTED.
        """
        raise NotImplementedError

    def referrers(self, request: ReferrersRequest, call: Call) -> Iterator[ReferrersItem]:
        """Manifests whose subject is that digest, by the referrers API or by the tag that stands in
        for it.

        Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
        REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
        REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
        NOT_SUPPORTED, DIGEST_INVALID, MANIFEST_INVALID, MANIFEST_LIMIT.
        """
        raise NotImplementedError

    def login(self, request: LoginRequest, call: Call) -> LoginResponse:
        """Checks credentials at a registry. Gives the identity token that may be kept in place of a
        password, if there is one.

        Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
        REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
        REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
        NOT_SUPPORTED.
        """
        raise NotImplementedError

    def search(self, request: SearchRequest, call: Call) -> SearchResponse:
        """Repositories by a word. Registries of the distribution specification have no search: only
        those with the API of Docker Hub answer.

        Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
        REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
        REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
        NOT_SUPPORTED.
        """
        raise NotImplementedError


_SCHEMAS: Dict[str, Any] = json.loads(
    r'''{
"manifest.request": {"type":"object","required":["registry","repository","reference"],"additionalProperties":false,"x-type":"ManifestRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"repository":{"type":"string","minLength":1,"maxLength":255,"description":"Complete path: library/busybox"},"kind":{"type":"string","enum":["image","plugin"],"description":"What the repository holds, which token services want to be asked for; absent: images"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}},"reference":{"type":"string","description":"Tag or digest"}}},
"manifest.response": {"type":"object","required":["mediaType","digest","size","content","from"],"x-type":"ManifestResponse","properties":{"mediaType":{"type":"string"},"digest":{"type":"string","minLength":1,"maxLength":256,"description":"`sha256:` and 64 hexadecimal digits"},"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"content":{"type":"string","contentEncoding":"base64","description":"The manifest"},"from":{"type":"string","description":"Host that answered: the registry or a mirror of it"}}},
"head.request": {"type":"object","required":["registry","repository","reference"],"additionalProperties":false,"x-type":"HeadRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"repository":{"type":"string","minLength":1,"maxLength":255,"description":"Complete path: library/busybox"},"kind":{"type":"string","enum":["image","plugin"],"description":"What the repository holds, which token services want to be asked for; absent: images"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}},"reference":{"type":"string","description":"Tag or digest"}}},
"head.response": {"type":"object","required":["mediaType","digest","size"],"x-type":"HeadResponse","properties":{"mediaType":{"type":"string"},"digest":{"type":"string","minLength":1,"maxLength":256,"description":"`sha256:` and 64 hexadecimal digits"},"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"}}},
"blob.request": {"type":"object","required":["registry","repository","digest","size"],"additionalProperties":false,"x-type":"BlobRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"repository":{"type":"string","minLength":1,"maxLength":255,"description":"Complete path: library/busybox"},"kind":{"type":"string","enum":["image","plugin"],"description":"What the repository holds, which token services want to be asked for; absent: images"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}},"digest":{"type":"string","minLength":1,"maxLength":256,"description":"`sha256:` and 64 hexadecimal digits"},"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes of the whole blob, as its descriptor tells"},"offset":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes to leave out at the start"},"unchecked":{"type":"boolean","description":"The caller computes the digest itself, while it keeps the blob: not done twice"},"urls":{"type":"array","description":"Of a foreign layer: asked only when the configuration allows it, never with credentials","items":{"type":"string"}}}},
"offer.request": {"type":"object","required":["registry","repository","digest"],"additionalProperties":false,"x-type":"OfferRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"repository":{"type":"string","minLength":1,"maxLength":255,"description":"Complete path: library/busybox"},"kind":{"type":"string","enum":["image","plugin"],"description":"What the repository holds, which token services want to be asked for; absent: images"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}},"digest":{"type":"string","minLength":1,"maxLength":256,"description":"`sha256:` and 64 hexadecimal digits"},"mountFrom":{"type":"array","description":"Repositories of this registry that may have it","items":{"type":"string"}}}},
"offer.response": {"type":"object","required":["present"],"x-type":"OfferResponse","properties":{"present":{"type":"boolean"},"mountedFrom":{"type":"string","description":"Set when it was mounted just now"}}},
"upload.request": {"type":"object","required":["registry","repository","digest","size"],"additionalProperties":false,"x-type":"UploadRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"repository":{"type":"string","minLength":1,"maxLength":255,"description":"Complete path: library/busybox"},"kind":{"type":"string","enum":["image","plugin"],"description":"What the repository holds, which token services want to be asked for; absent: images"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}},"digest":{"type":"string","minLength":1,"maxLength":256,"description":"`sha256:` and 64 hexadecimal digits"},"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"}}},
"upload.response": {"type":"object","properties":{}},
"putManifest.request": {"type":"object","required":["registry","repository","reference","mediaType","content"],"additionalProperties":false,"x-type":"PutManifestRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"repository":{"type":"string","minLength":1,"maxLength":255,"description":"Complete path: library/busybox"},"kind":{"type":"string","enum":["image","plugin"],"description":"What the repository holds, which token services want to be asked for; absent: images"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}},"reference":{"type":"string","description":"Tag or digest"},"mediaType":{"type":"string"},"content":{"type":"string","contentEncoding":"base64","description":"The manifest"}}},
"putManifest.response": {"type":"object","required":["digest"],"x-type":"PutManifestResponse","properties":{"digest":{"type":"string","minLength":1,"maxLength":256,"description":"`sha256:` and 64 hexadecimal digits"}}},
"tags.request": {"type":"object","required":["registry","repository"],"additionalProperties":false,"x-type":"TagsRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"repository":{"type":"string","minLength":1,"maxLength":255,"description":"Complete path: library/busybox"},"kind":{"type":"string","enum":["image","plugin"],"description":"What the repository holds, which token services want to be asked for; absent: images"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}}}},
"tags.output": {"type":"object","required":["tag"],"x-type":"TagsItem","properties":{"tag":{"type":"string"}}},
"referrers.request": {"type":"object","required":["registry","repository","digest"],"additionalProperties":false,"x-type":"ReferrersRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"repository":{"type":"string","minLength":1,"maxLength":255,"description":"Complete path: library/busybox"},"kind":{"type":"string","enum":["image","plugin"],"description":"What the repository holds, which token services want to be asked for; absent: images"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}},"digest":{"type":"string","minLength":1,"maxLength":256,"description":"`sha256:` and 64 hexadecimal digits"},"artifactType":{"type":"string"}}},
"referrers.output": {"type":"object","required":["mediaType","digest","size"],"x-type":"ReferrersItem","properties":{"mediaType":{"type":"string"},"digest":{"type":"string","minLength":1,"maxLength":256,"description":"`sha256:` and 64 hexadecimal digits"},"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"artifactType":{"type":"string"},"annotations":{"type":"object","description":"Of the manifest","patternProperties":{"^.*$":{"type":"string"}}}}},
"login.request": {"type":"object","required":["registry","credentials"],"additionalProperties":false,"x-type":"LoginRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}}}},
"login.response": {"type":"object","x-type":"LoginResponse","properties":{"identityToken":{"type":"string"}}},
"search.request": {"type":"object","required":["registry","term","limit"],"additionalProperties":false,"x-type":"SearchRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}},"term":{"type":"string","minLength":1},"limit":{"type":"integer","minimum":1,"maximum":100}}},
"search.response": {"type":"object","required":["results"],"x-type":"SearchResponse","properties":{"results":{"type":"array","items":{"type":"object","required":["name","description","stars","official","automated"],"x-type":"Result","properties":{"name":{"type":"string"},"description":{"type":"string"},"stars":{"type":"integer"},"official":{"type":"boolean"},"automated":{"type":"boolean"}}}}}}
}'''
)


ImageSource.contract = Contract(
    "image.source",
    "0.1.0",
    [
        Method(
            "manifest",
            "manifest",
            request=_SCHEMAS["manifest.request"],
            response=_SCHEMAS["manifest.response"],
            input=None,
            output=None,
            deadline_ms=0,
            idempotent=True,
        ),
        Method(
            "head",
            "head",
            request=_SCHEMAS["head.request"],
            response=_SCHEMAS["head.response"],
            input=None,
            output=None,
            deadline_ms=0,
            idempotent=True,
        ),
        Method(
            "blob",
            "blob",
            request=_SCHEMAS["blob.request"],
            response=None,
            input=None,
            output="bytes",
            deadline_ms=0,
            idempotent=True,
        ),
        Method(
            "offer",
            "offer",
            request=_SCHEMAS["offer.request"],
            response=_SCHEMAS["offer.response"],
            input=None,
            output=None,
            deadline_ms=0,
            idempotent=True,
        ),
        Method(
            "upload",
            "upload",
            request=_SCHEMAS["upload.request"],
            response=_SCHEMAS["upload.response"],
            input="bytes",
            output=None,
            deadline_ms=0,
            idempotent=True,
        ),
        Method(
            "putManifest",
            "put_manifest",
            request=_SCHEMAS["putManifest.request"],
            response=_SCHEMAS["putManifest.response"],
            input=None,
            output=None,
            deadline_ms=0,
            idempotent=True,
        ),
        Method(
            "tags",
            "tags",
            request=_SCHEMAS["tags.request"],
            response=None,
            input=None,
            output=_SCHEMAS["tags.output"],
            deadline_ms=0,
            idempotent=True,
        ),
        Method(
            "referrers",
            "referrers",
            request=_SCHEMAS["referrers.request"],
            response=None,
            input=None,
            output=_SCHEMAS["referrers.output"],
            deadline_ms=0,
            idempotent=True,
        ),
        Method(
            "login",
            "login",
            request=_SCHEMAS["login.request"],
            response=_SCHEMAS["login.response"],
            input=None,
            output=None,
            deadline_ms=0,
            idempotent=True,
        ),
        Method(
            "search",
            "search",
            request=_SCHEMAS["search.request"],
            response=_SCHEMAS["search.response"],
            input=None,
            output=None,
            deadline_ms=0,
            idempotent=True,
        ),
    ],
    [
        RegistryCredentials,
        ManifestRequest,
        ManifestResponse,
        HeadRequest,
        HeadResponse,
        BlobRequest,
        OfferRequest,
        OfferResponse,
        UploadRequest,
        PutManifestRequest,
        PutManifestResponse,
        TagsRequest,
        TagsItem,
        ReferrersRequest,
        ReferrersItem,
        LoginRequest,
        LoginResponse,
        SearchRequest,
        Result,
        SearchResponse,
    ],
)
