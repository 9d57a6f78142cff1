import { anyObject, flag, int64, list, moment, object, orNull, text, textMap, texts, words } from './schema.ts'

const Platform = object({ architecture: text, os: text }, { variant: text, 'os.version': text, 'os.features': texts })
const Descriptor = object({ mediaType: text, digest: text, size: int64 }, { platform: Platform })

/** One of the platform images or attestations that an image stands for. */
export const ImageManifestSummary = object(
  {
    ID: text,
    Descriptor,
    Available: flag,
    Size: object({ Content: int64, Total: int64 }),
    Kind: words('image', 'attestation', 'unknown'),
  },
  {
    ImageData: object({ Platform, Size: object({ Unpacked: int64 }), Containers: texts }),
    AttestationData: object({ For: text }),
  },
)

export const ImageInspect = object(
  {
    Id: text,
    RepoTags: texts,
    RepoDigests: texts,
    Parent: text,
    Comment: text,
    DockerVersion: text,
    Author: text,
    // What the image brings along stays whole, known or not.
    Config: anyObject,
    Architecture: text,
    Os: text,
    Size: int64,
    GraphDriver: object({ Data: orNull(textMap), Name: text }),
    RootFS: object({ Type: words('layers') }, { Layers: texts }),
    Metadata: object({ LastTagTime: moment }),
  },
  { Created: text, Variant: text, Descriptor, Manifests: list(ImageManifestSummary) },
)

export const ImageSummary = object(
  {
    Containers: int64,
    Created: int64,
    Id: text,
    Labels: orNull(textMap),
    ParentId: text,
    RepoDigests: texts,
    RepoTags: texts,
    SharedSize: int64,
    Size: int64,
  },
  { Descriptor, Manifests: list(ImageManifestSummary) },
)

export const ImageHistoryItem = object({
  Comment: text,
  Created: int64,
  CreatedBy: text,
  Id: text,
  Size: int64,
  Tags: orNull(texts),
})

export const ImageChange = object({}, { Untagged: text, Deleted: text })
export const ImagesPruned = object({ ImagesDeleted: orNull(list(ImageChange)), SpaceReclaimed: int64 })

/** A line of a long operation; an error that comes after the first line is one, too. */
export const ProgressLine = object(
  {},
  {
    stream: text,
    status: text,
    progressDetail: object({}, { current: int64, total: int64 }),
    id: text,
    aux: { anyOf: [anyObject, text] },
    error: text,
    errorDetail: object({ message: text }, { code: int64 }),
  },
)

export const SearchResult = object({
  star_count: int64,
  is_official: flag,
  name: text,
  is_automated: flag,
  description: text,
})

export const DistributionInspect = object({ Descriptor, Platforms: list(Platform) })
export const AuthAnswer = object({ IdentityToken: text, Status: text })
