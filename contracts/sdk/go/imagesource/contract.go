// Code generated from the contract by `npm run docs`. DO NOT EDIT.

// Package imagesource is the contract image.source 0.1.0: Registries: manifests and blobs by name and
// digest.
package imagesource

import (
	"context"

	"moby-origin/sdk/wire"
)

// RegistryCredentials is part of the messages of the contract.
type RegistryCredentials struct {
	Username *string `json:"username,omitempty"`

	Password *string `json:"password,omitempty"`

	// A refresh token, exchanged at the token service
	IdentityToken *string `json:"identityToken,omitempty"`

	// A bearer token, sent as it is
	RegistryToken *string `json:"registryToken,omitempty"`
}

// ManifestRequest is part of the messages of the contract.
type ManifestRequest struct {
	// Host with or without port: docker.io, localhost:5000
	Registry string `json:"registry"`

	// Complete path: library/busybox
	Repository string `json:"repository"`

	// What the repository holds, which token services want to be asked for; absent: images
	Kind *string `json:"kind,omitempty"`

	Credentials *RegistryCredentials `json:"credentials,omitempty"`

	// Tag or digest
	Reference string `json:"reference"`
}

// ManifestResponse is part of the messages of the contract.
type ManifestResponse struct {
	MediaType string `json:"mediaType"`

	// `sha256:` and 64 hexadecimal digits
	Digest string `json:"digest"`

	// Bytes
	Size wire.Int64 `json:"size"`

	// The manifest
	Content wire.Bytes `json:"content"`

	// Host that answered: the registry or a mirror of it
	From string `json:"from"`
}

// HeadRequest is part of the messages of the contract.
type HeadRequest struct {
	// Host with or without port: docker.io, localhost:5000
	Registry string `json:"registry"`

	// Complete path: library/busybox
	Repository string `json:"repository"`

	// What the repository holds, which token services want to be asked for; absent: images
	Kind *string `json:"kind,omitempty"`

	Credentials *RegistryCredentials `json:"credentials,omitempty"`

	// Tag or digest
	Reference string `json:"reference"`
}

// HeadResponse is part of the messages of the contract.
type HeadResponse struct {
	MediaType string `json:"mediaType"`

	// `sha256:` and 64 hexadecimal digits
	Digest string `json:"digest"`

	// Bytes
	Size wire.Int64 `json:"size"`
}

// BlobRequest is part of the messages of the contract.
type BlobRequest struct {
	// Host with or without port: docker.io, localhost:5000
	Registry string `json:"registry"`

	// Complete path: library/busybox
	Repository string `json:"repository"`

	// What the repository holds, which token services want to be asked for; absent: images
	Kind *string `json:"kind,omitempty"`

	Credentials *RegistryCredentials `json:"credentials,omitempty"`

	// `sha256:` and 64 hexadecimal digits
	Digest string `json:"digest"`

	// Bytes of the whole blob, as its descriptor tells
	Size wire.Int64 `json:"size"`

	// Bytes to leave out at the start
	Offset *wire.Int64 `json:"offset,omitempty"`

	// The caller computes the digest itself, while it keeps the blob: not done twice
	Unchecked *bool `json:"unchecked,omitempty"`

	// Of a foreign layer: asked only when the configuration allows it, never with credentials
	Urls []string `json:"urls,omitempty"`
}

// OfferRequest is part of the messages of the contract.
type OfferRequest struct {
	// Host with or without port: docker.io, localhost:5000
	Registry string `json:"registry"`

	// Complete path: library/busybox
	Repository string `json:"repository"`

	// What the repository holds, which token services want to be asked for; absent: images
	Kind *string `json:"kind,omitempty"`

	Credentials *RegistryCredentials `json:"credentials,omitempty"`

	// `sha256:` and 64 hexadecimal digits
	Digest string `json:"digest"`

	// Repositories of this registry that may have it
	MountFrom []string `json:"mountFrom,omitempty"`
}

// OfferResponse is part of the messages of the contract.
type OfferResponse struct {
	Present bool `json:"present"`

	// Set when it was mounted just now
	MountedFrom *string `json:"mountedFrom,omitempty"`
}

// UploadRequest is part of the messages of the contract.
type UploadRequest struct {
	// Host with or without port: docker.io, localhost:5000
	Registry string `json:"registry"`

	// Complete path: library/busybox
	Repository string `json:"repository"`

	// What the repository holds, which token services want to be asked for; absent: images
	Kind *string `json:"kind,omitempty"`

	Credentials *RegistryCredentials `json:"credentials,omitempty"`

	// `sha256:` and 64 hexadecimal digits
	Digest string `json:"digest"`

	// Bytes
	Size wire.Int64 `json:"size"`
}

// PutManifestRequest is part of the messages of the contract.
type PutManifestRequest struct {
	// Host with or without port: docker.io, localhost:5000
	Registry string `json:"registry"`

	// Complete path: library/busybox
	Repository string `json:"repository"`

	// What the repository holds, which token services want to be asked for; absent: images
	Kind *string `json:"kind,omitempty"`

	Credentials *RegistryCredentials `json:"credentials,omitempty"`

	// Tag or digest
	Reference string `json:"reference"`

	MediaType string `json:"mediaType"`

	// The manifest
	Content wire.Bytes `json:"content"`
}

// PutManifestResponse is part of the messages of the contract.
type PutManifestResponse struct {
	// `sha256:` and 64 hexadecimal digits
	Digest string `json:"digest"`
}

// TagsRequest is part of the messages of the contract.
type TagsRequest struct {
	// Host with or without port: docker.io, localhost:5000
	Registry string `json:"registry"`

	// Complete path: library/busybox
	Repository string `json:"repository"`

	// What the repository holds, which token services want to be asked for; absent: images
	Kind *string `json:"kind,omitempty"`

	Credentials *RegistryCredentials `json:"credentials,omitempty"`
}

// TagsItem is part of the messages of the contract.
type TagsItem struct {
	Tag string `json:"tag"`
}

// ReferrersRequest is part of the messages of the contract.
type ReferrersRequest struct {
	// Host with or without port: docker.io, localhost:5000
	Registry string `json:"registry"`

	// Complete path: library/busybox
	Repository string `json:"repository"`

	// What the repository holds, which token services want to be asked for; absent: images
	Kind *string `json:"kind,omitempty"`

	Credentials *RegistryCredentials `json:"credentials,omitempty"`

	// `sha256:` and 64 hexadecimal digits
	Digest string `json:"digest"`

	ArtifactType *string `json:"artifactType,omitempty"`
}

// ReferrersItem is part of the messages of the contract.
type ReferrersItem struct {
	MediaType string `json:"mediaType"`

	// `sha256:` and 64 hexadecimal digits
	Digest string `json:"digest"`

	// Bytes
	Size wire.Int64 `json:"size"`

	ArtifactType *string `json:"artifactType,omitempty"`

	// Of the manifest
	Annotations map[string]string `json:"annotations,omitempty"`
}

// LoginRequest is part of the messages of the contract.
type LoginRequest struct {
	// Host with or without port: docker.io, localhost:5000
	Registry string `json:"registry"`

	Credentials RegistryCredentials `json:"credentials"`
}

// LoginResponse is part of the messages of the contract.
type LoginResponse struct {
	IdentityToken *string `json:"identityToken,omitempty"`
}

// SearchRequest is part of the messages of the contract.
type SearchRequest struct {
	// Host with or without port: docker.io, localhost:5000
	Registry string `json:"registry"`

	Credentials *RegistryCredentials `json:"credentials,omitempty"`

	Term string `json:"term"`

	Limit int `json:"limit"`
}

// Result is part of the messages of the contract.
type Result struct {
	Name string `json:"name"`

	Description string `json:"description"`

	Stars int `json:"stars"`

	Official bool `json:"official"`

	Automated bool `json:"automated"`
}

// SearchResponse is part of the messages of the contract.
type SearchResponse struct {
	Results wire.List[Result] `json:"results"`
}

// Driver is what a driver of image.source implements, and what a client offers.
type Driver interface {
	// Manifest: A manifest or index by tag or digest, as the bytes that the registry has: the digest is
	// computed of them, and checked when it was asked for. At most 4 MiB.
	//
	// Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
	// REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
	// REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
	// NOT_SUPPORTED, CONTENT_MISMATCH, DIGEST_INVALID, MANIFEST_LIMIT.
	Manifest(ctx context.Context, request ManifestRequest) (ManifestResponse, error)

	// Head: What a tag or digest names, without its content.
	//
	// Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
	// REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
	// REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
	// NOT_SUPPORTED, CONTENT_MISMATCH, DIGEST_INVALID, MANIFEST_LIMIT.
	Head(ctx context.Context, request HeadRequest) (HeadResponse, error)

	// Blob: A blob from a byte on. It goes on where the connection broke, several ranges at once where
	// that is faster, in order all the same. The whole of it is checked against digest and size when it is
	// read from the start; who resumes, or asks for it unchecked, checks the digest, and the size is
	// checked all the same.
	//
	// Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
	// REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
	// REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
	// NOT_SUPPORTED, CONTENT_MISMATCH, DIGEST_INVALID.
	Blob(ctx context.Context, request BlobRequest, send func([]byte) error) error

	// Offer: Asks whether a blob is in a repository, and has it mounted from another one of the same
	// registry if it can.
	//
	// Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
	// REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
	// REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
	// NOT_SUPPORTED, DIGEST_INVALID.
	Offer(ctx context.Context, request OfferRequest) (OfferResponse, error)

	// Upload: Sends a blob: in one piece or in chunks, as the registry wants. The driver tries again what
	// may pass, as far as it has kept what it read; beyond that it fails with `restart` in the details,
	// and the caller calls again.
	//
	// Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
	// REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
	// REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
	// NOT_SUPPORTED, CONTENT_MISMATCH, DIGEST_INVALID.
	Upload(ctx context.Context, request UploadRequest, input *wire.Input[[]byte]) error

	// PutManifest: Stores a manifest or index under a tag or its digest. What it refers to must be there.
	//
	// Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
	// REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
	// REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
	// NOT_SUPPORTED, CONTENT_MISMATCH, DIGEST_INVALID.
	PutManifest(ctx context.Context, request PutManifestRequest) (PutManifestResponse, error)

	// Tags: The tags of a repository, page after page.
	//
	// Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
	// REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
	// REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
	// NOT_SUPPORTED.
	Tags(ctx context.Context, request TagsRequest, send func(TagsItem) error) error

	// Referrers: Manifests whose subject is that digest, by the referrers API or by the tag that stands in
	// for it.
	//
	// Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
	// REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
	// REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
	// NOT_SUPPORTED, DIGEST_INVALID, MANIFEST_INVALID, MANIFEST_LIMIT.
	Referrers(ctx context.Context, request ReferrersRequest, send func(ReferrersItem) error) error

	// Login: Checks credentials at a registry. Gives the identity token that may be kept in place of a
	// password, if there is one.
	//
	// Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
	// REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
	// REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
	// NOT_SUPPORTED.
	Login(ctx context.Context, request LoginRequest) (LoginResponse, error)

	// Search: Repositories by a word. Registries of the distribution specification have no search: only
	// those with the API of Docker Hub answer.
	//
	// Errors: REGISTRY_UNREACHABLE, REGISTRY_TLS, REGISTRY_UNAUTHORIZED, REGISTRY_DENIED,
	// REGISTRY_REALM_REFUSED, REGISTRY_NOT_FOUND, REGISTRY_RATE_LIMITED, REGISTRY_FAILED,
	// REGISTRY_ANSWER_INVALID, REGISTRY_STALLED, REGISTRY_CONFIG_INVALID, IMAGE_REFERENCE_INVALID,
	// NOT_SUPPORTED.
	Search(ctx context.Context, request SearchRequest) (SearchResponse, error)
}

// Contract is what both sides of the wire know of it.
var Contract = wire.NewContract("image.source", "0.1.0", schemas,
	wire.Method{Name: "manifest", DeadlineMs: 0, Idempotent: true},
	wire.Method{Name: "head", DeadlineMs: 0, Idempotent: true},
	wire.Method{Name: "blob", Output: wire.ByteStream, DeadlineMs: 0, Idempotent: true},
	wire.Method{Name: "offer", DeadlineMs: 0, Idempotent: true},
	wire.Method{Name: "upload", Input: wire.ByteStream, DeadlineMs: 0, Idempotent: true},
	wire.Method{Name: "putManifest", DeadlineMs: 0, Idempotent: true},
	wire.Method{Name: "tags", Output: wire.RecordStream, DeadlineMs: 0, Idempotent: true},
	wire.Method{Name: "referrers", Output: wire.RecordStream, DeadlineMs: 0, Idempotent: true},
	wire.Method{Name: "login", DeadlineMs: 0, Idempotent: true},
	wire.Method{Name: "search", DeadlineMs: 0, Idempotent: true},
)

const schemas = `{
"manifest.request": {"type":"object","required":["registry","repository","reference"],"additionalProperties":false,"x-type":"ManifestRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"repository":{"type":"string","minLength":1,"maxLength":255,"description":"Complete path: library/busybox"},"kind":{"type":"string","enum":["image","plugin"],"description":"What the repository holds, which token services want to be asked for; absent: images"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}},"reference":{"type":"string","description":"Tag or digest"}}},
"manifest.response": {"type":"object","required":["mediaType","digest","size","content","from"],"x-type":"ManifestResponse","properties":{"mediaType":{"type":"string"},"digest":{"type":"string","minLength":1,"maxLength":256,"description":"` + "`" + `sha256:` + "`" + ` and 64 hexadecimal digits"},"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"content":{"type":"string","contentEncoding":"base64","description":"The manifest"},"from":{"type":"string","description":"Host that answered: the registry or a mirror of it"}}},
"head.request": {"type":"object","required":["registry","repository","reference"],"additionalProperties":false,"x-type":"HeadRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"repository":{"type":"string","minLength":1,"maxLength":255,"description":"Complete path: library/busybox"},"kind":{"type":"string","enum":["image","plugin"],"description":"What the repository holds, which token services want to be asked for; absent: images"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}},"reference":{"type":"string","description":"Tag or digest"}}},
"head.response": {"type":"object","required":["mediaType","digest","size"],"x-type":"HeadResponse","properties":{"mediaType":{"type":"string"},"digest":{"type":"string","minLength":1,"maxLength":256,"description":"` + "`" + `sha256:` + "`" + ` and 64 hexadecimal digits"},"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"}}},
"blob.request": {"type":"object","required":["registry","repository","digest","size"],"additionalProperties":false,"x-type":"BlobRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"repository":{"type":"string","minLength":1,"maxLength":255,"description":"Complete path: library/busybox"},"kind":{"type":"string","enum":["image","plugin"],"description":"What the repository holds, which token services want to be asked for; absent: images"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}},"digest":{"type":"string","minLength":1,"maxLength":256,"description":"` + "`" + `sha256:` + "`" + ` and 64 hexadecimal digits"},"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes of the whole blob, as its descriptor tells"},"offset":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes to leave out at the start"},"unchecked":{"type":"boolean","description":"The caller computes the digest itself, while it keeps the blob: not done twice"},"urls":{"type":"array","description":"Of a foreign layer: asked only when the configuration allows it, never with credentials","items":{"type":"string"}}}},
"offer.request": {"type":"object","required":["registry","repository","digest"],"additionalProperties":false,"x-type":"OfferRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"repository":{"type":"string","minLength":1,"maxLength":255,"description":"Complete path: library/busybox"},"kind":{"type":"string","enum":["image","plugin"],"description":"What the repository holds, which token services want to be asked for; absent: images"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}},"digest":{"type":"string","minLength":1,"maxLength":256,"description":"` + "`" + `sha256:` + "`" + ` and 64 hexadecimal digits"},"mountFrom":{"type":"array","description":"Repositories of this registry that may have it","items":{"type":"string"}}}},
"offer.response": {"type":"object","required":["present"],"x-type":"OfferResponse","properties":{"present":{"type":"boolean"},"mountedFrom":{"type":"string","description":"Set when it was mounted just now"}}},
"upload.request": {"type":"object","required":["registry","repository","digest","size"],"additionalProperties":false,"x-type":"UploadRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"repository":{"type":"string","minLength":1,"maxLength":255,"description":"Complete path: library/busybox"},"kind":{"type":"string","enum":["image","plugin"],"description":"What the repository holds, which token services want to be asked for; absent: images"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}},"digest":{"type":"string","minLength":1,"maxLength":256,"description":"` + "`" + `sha256:` + "`" + ` and 64 hexadecimal digits"},"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"}}},
"upload.response": {"type":"object","properties":{}},
"putManifest.request": {"type":"object","required":["registry","repository","reference","mediaType","content"],"additionalProperties":false,"x-type":"PutManifestRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"repository":{"type":"string","minLength":1,"maxLength":255,"description":"Complete path: library/busybox"},"kind":{"type":"string","enum":["image","plugin"],"description":"What the repository holds, which token services want to be asked for; absent: images"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}},"reference":{"type":"string","description":"Tag or digest"},"mediaType":{"type":"string"},"content":{"type":"string","contentEncoding":"base64","description":"The manifest"}}},
"putManifest.response": {"type":"object","required":["digest"],"x-type":"PutManifestResponse","properties":{"digest":{"type":"string","minLength":1,"maxLength":256,"description":"` + "`" + `sha256:` + "`" + ` and 64 hexadecimal digits"}}},
"tags.request": {"type":"object","required":["registry","repository"],"additionalProperties":false,"x-type":"TagsRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"repository":{"type":"string","minLength":1,"maxLength":255,"description":"Complete path: library/busybox"},"kind":{"type":"string","enum":["image","plugin"],"description":"What the repository holds, which token services want to be asked for; absent: images"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}}}},
"tags.output": {"type":"object","required":["tag"],"x-type":"TagsItem","properties":{"tag":{"type":"string"}}},
"referrers.request": {"type":"object","required":["registry","repository","digest"],"additionalProperties":false,"x-type":"ReferrersRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"repository":{"type":"string","minLength":1,"maxLength":255,"description":"Complete path: library/busybox"},"kind":{"type":"string","enum":["image","plugin"],"description":"What the repository holds, which token services want to be asked for; absent: images"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}},"digest":{"type":"string","minLength":1,"maxLength":256,"description":"` + "`" + `sha256:` + "`" + ` and 64 hexadecimal digits"},"artifactType":{"type":"string"}}},
"referrers.output": {"type":"object","required":["mediaType","digest","size"],"x-type":"ReferrersItem","properties":{"mediaType":{"type":"string"},"digest":{"type":"string","minLength":1,"maxLength":256,"description":"` + "`" + `sha256:` + "`" + ` and 64 hexadecimal digits"},"size":{"type":"string","pattern":"^-?[0-9]{1,20}$","format":"int64","description":"Bytes"},"artifactType":{"type":"string"},"annotations":{"type":"object","description":"Of the manifest","patternProperties":{"^.*$":{"type":"string"}}}}},
"login.request": {"type":"object","required":["registry","credentials"],"additionalProperties":false,"x-type":"LoginRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}}}},
"login.response": {"type":"object","x-type":"LoginResponse","properties":{"identityToken":{"type":"string"}}},
"search.request": {"type":"object","required":["registry","term","limit"],"additionalProperties":false,"x-type":"SearchRequest","properties":{"registry":{"type":"string","minLength":1,"description":"Host with or without port: docker.io, localhost:5000"},"credentials":{"type":"object","additionalProperties":false,"x-type":"RegistryCredentials","properties":{"username":{"type":"string"},"password":{"type":"string"},"identityToken":{"type":"string","description":"A refresh token, exchanged at the token service"},"registryToken":{"type":"string","description":"A bearer token, sent as it is"}}},"term":{"type":"string","minLength":1},"limit":{"type":"integer","minimum":1,"maximum":100}}},
"search.response": {"type":"object","required":["results"],"x-type":"SearchResponse","properties":{"results":{"type":"array","items":{"type":"object","required":["name","description","stars","official","automated"],"x-type":"Result","properties":{"name":{"type":"string"},"description":{"type":"string"},"stars":{"type":"integer"},"official":{"type":"boolean"},"automated":{"type":"boolean"}}}}}}
}`

// Serve makes a driver a service of image.source.
func Serve(driver Driver) wire.Service {
	return wire.NewService(Contract,
		wire.Answer("manifest", func(ctx context.Context, request ManifestRequest) (ManifestResponse, error) {
			return driver.Manifest(ctx, request)
		}),
		wire.Answer("head", func(ctx context.Context, request HeadRequest) (HeadResponse, error) {
			return driver.Head(ctx, request)
		}),
		wire.Output("blob", func(ctx context.Context, request BlobRequest, send func([]byte) error) error {
			return driver.Blob(ctx, request, send)
		}),
		wire.Answer("offer", func(ctx context.Context, request OfferRequest) (OfferResponse, error) {
			return driver.Offer(ctx, request)
		}),
		wire.Upload("upload", func(ctx context.Context, request UploadRequest, input *wire.Input[[]byte]) (wire.Nothing, error) {
			return wire.Nothing{}, driver.Upload(ctx, request, input)
		}),
		wire.Answer("putManifest", func(ctx context.Context, request PutManifestRequest) (PutManifestResponse, error) {
			return driver.PutManifest(ctx, request)
		}),
		wire.Output("tags", func(ctx context.Context, request TagsRequest, send func(TagsItem) error) error {
			return driver.Tags(ctx, request, send)
		}),
		wire.Output("referrers", func(ctx context.Context, request ReferrersRequest, send func(ReferrersItem) error) error {
			return driver.Referrers(ctx, request, send)
		}),
		wire.Answer("login", func(ctx context.Context, request LoginRequest) (LoginResponse, error) {
			return driver.Login(ctx, request)
		}),
		wire.Answer("search", func(ctx context.Context, request SearchRequest) (SearchResponse, error) {
			return driver.Search(ctx, request)
		}),
	)
}

type client struct {
	peer *wire.Peer
}

// Client is a driver of image.source behind a socket.
func Client(peer *wire.Peer) Driver {
	return client{peer}
}

func (c client) Manifest(ctx context.Context, request ManifestRequest) (ManifestResponse, error) {
	return wire.CallAnswer[ManifestResponse](ctx, c.peer, Contract, "manifest", request)
}

func (c client) Head(ctx context.Context, request HeadRequest) (HeadResponse, error) {
	return wire.CallAnswer[HeadResponse](ctx, c.peer, Contract, "head", request)
}

func (c client) Blob(ctx context.Context, request BlobRequest, send func([]byte) error) error {
	return wire.CallOutput(ctx, c.peer, Contract, "blob", request, send)
}

func (c client) Offer(ctx context.Context, request OfferRequest) (OfferResponse, error) {
	return wire.CallAnswer[OfferResponse](ctx, c.peer, Contract, "offer", request)
}

func (c client) Upload(ctx context.Context, request UploadRequest, input *wire.Input[[]byte]) error {
	_, err := wire.CallUpload[wire.Nothing](ctx, c.peer, Contract, "upload", request, input)
	return err
}

func (c client) PutManifest(ctx context.Context, request PutManifestRequest) (PutManifestResponse, error) {
	return wire.CallAnswer[PutManifestResponse](ctx, c.peer, Contract, "putManifest", request)
}

func (c client) Tags(ctx context.Context, request TagsRequest, send func(TagsItem) error) error {
	return wire.CallOutput(ctx, c.peer, Contract, "tags", request, send)
}

func (c client) Referrers(ctx context.Context, request ReferrersRequest, send func(ReferrersItem) error) error {
	return wire.CallOutput(ctx, c.peer, Contract, "referrers", request, send)
}

func (c client) Login(ctx context.Context, request LoginRequest) (LoginResponse, error) {
	return wire.CallAnswer[LoginResponse](ctx, c.peer, Contract, "login", request)
}

func (c client) Search(ctx context.Context, request SearchRequest) (SearchResponse, error) {
	return wire.CallAnswer[SearchResponse](ctx, c.peer, Contract, "search", request)
}
