import { Type, type Static } from 'typebox'
import { defineContract } from '../component/contract.ts'
import { Bytes, Closed, Int64, Maybe, OneOf, Open, StringMap, Timestamp } from '../component/schemas.ts'
import { pullErrors } from '../engine/registry-errors.ts'
import { RegistryCredentials } from '../image/credentials.ts'

const Strings = Type.Array(Type.String())

/** What to build, beside the context. */
export const BuildSpec = Closed({
  dockerfile: Type.String({ description: 'Path in the context' }),
  dockerfileContent: Maybe(Type.String({ description: 'The Dockerfile itself: the context need not hold one' })),
  ignoreContent: Maybe(Type.String({ description: 'The .dockerignore itself: none of the context is read' })),
  remote: Maybe(
    Type.String({ description: 'URL of the context: an archive or a Dockerfile; the input is then empty' }),
  ),
  tags: Type.Array(Type.String({ description: 'Names for the image' })),
  target: Maybe(Type.String({ description: 'Stage to stop at; absent, the last one' })),
  platform: Maybe(Type.String({ description: 'linux/amd64, linux/arm64/v8' })),
  args: Type.Record(Type.String(), Type.Union([Type.String(), Type.Null()]), {
    description: '`--build-arg`; null is for a name that was given without a value: the default of its ARG holds',
  }),
  labels: StringMap('Added to the image'),
  noCache: Type.Boolean(),
  pull: Type.Boolean({ description: 'Ask the registry for base images even when they are here' }),
  removeIntermediate: Type.Boolean({
    description:
      'Remove the containers of steps. Where it is false they stay, but for those that were told secrets or proxies',
  }),
  forceRemove: Type.Boolean({
    description: 'Remove the container of a step that fails, whatever removeIntermediate says',
  }),
  squash: Type.Boolean(),
  network: Maybe(Type.String({ description: 'Network of the containers of RUN: bridge, none, host, the name of one' })),
  extraHosts: Strings,
  cacheFrom: Strings,
  limits: Open({
    memory: Maybe(Int64('Bytes')),
    memorySwap: Maybe(Int64('Bytes')),
    cpuShares: Maybe(Type.Integer()),
    cpuPeriod: Maybe(Type.Integer()),
    cpuQuota: Maybe(Type.Integer()),
    cpusetCpus: Maybe(Type.String()),
    cpusetMems: Maybe(Type.String()),
    cgroupParent: Maybe(Type.String()),
    shmSize: Maybe(Int64('Bytes')),
    ulimits: Maybe(Type.Array(Open({ name: Type.String(), soft: Type.Integer(), hard: Type.Integer() }))),
  }),
  securityOptions: Strings,
  isolation: Maybe(Type.String()),
  secrets: Maybe(Type.Record(Type.String(), Bytes('Content of the secret'), { description: 'By id' })),
  registries: Type.Record(Type.String(), RegistryCredentials, { description: 'Credentials by registry' }),
})
export type BuildSpec = Static<typeof BuildSpec>

/** What a build tells meanwhile. The last one with `imageId` is its result. */
export const BuildProgress = Open({
  stream: Maybe(Type.String({ description: 'Text for the user: steps, output of RUN' })),
  status: Maybe(Type.String({ description: 'Of a base image that is pulled, with id, current and total' })),
  id: Maybe(Type.String()),
  current: Maybe(Type.Number()),
  total: Maybe(Type.Number()),
  imageId: Maybe(Type.String({ description: '`sha256:` and hex' })),
  step: Maybe(
    Open(
      {
        stage: Type.String({ description: 'Its name; of one without, stage- and its number' }),
        stages: Type.Integer({ description: 'How many stages the Dockerfile has' }),
        number: Type.Integer({ description: 'In its stage, from 1 for FROM; 0 before the first stage' }),
        count: Type.Integer({ description: 'Steps of the stage' }),
        text: Type.String({ description: 'The instruction' }),
        line: Type.Integer({ description: 'Of the Dockerfile; 0 for what stands in none' }),
      },
      'A step begins, and the one before has ended',
    ),
  ),
  cached: Maybe(Type.Boolean({ description: 'The step is taken from an earlier build' })),
  output: Maybe(
    Open(
      { from: OneOf(['stdout', 'stderr']), text: Type.String() },
      'The same as `stream`, where that is output of RUN',
    ),
  ),
  warning: Maybe(Type.String({ description: 'The same as `stream`, where that is a warning' })),
})
export type BuildProgress = Static<typeof BuildProgress>

/** Makes images from Dockerfiles. */
export const builder = defineContract({
  id: 'builder',
  version: '0.1.0',
  doc: 'Makes images from a Dockerfile and a context.',
  overlap: 'exclusive',
  overlapWhy: 'Two lives would write one build cache.',
  selection: 'driver',
  methods: {
    build: {
      doc:
        'Builds an image from a context: a tar archive, plain or compressed. The image and its tags are there ' +
        'when the stream ends well; who stops reading cancels the build.',
      request: BuildSpec,
      input: 'bytes',
      output: BuildProgress,
      errors: [
        'DOCKERFILE_INVALID',
        'BUILD_CONTEXT_INVALID',
        'BUILD_OPTION_INVALID',
        'BUILD_STEP_FAILED',
        'IMAGE_NOT_FOUND',
        'IMAGE_AMBIGUOUS',
        // A base image is pulled, layers are made,
        ...pullErrors,
        // and containers run.
        'CONTAINER_SPEC_INVALID',
        'CONTAINER_START_FAILED',
        'DRIVER_AWAY',
        'DRIVER_UNKNOWN',
        'HOST_LACKS',
        'NETWORK_NOT_KNOWN',
      ],
      deadlineMs: 0,
      idempotent: false,
    },
    examine: {
      doc:
        'What a build will ask for, as far as the Dockerfile of `dockerfileContent` tells; nothing is built. What ' +
        'triggers of base images ask for is not foreseen.',
      request: BuildSpec,
      response: Open({
        images: Type.Array(Type.String(), { description: 'Names of images that steps begin with or take files from' }),
        secrets: Type.Array(Type.String(), { description: 'Ids' }),
        excluded: Type.Array(Type.String(), {
          description: 'Patterns of `ignoreContent`: files that need not be in the context',
        }),
      }),
      errors: ['DOCKERFILE_INVALID', 'BUILD_OPTION_INVALID', 'BUILD_CONTEXT_INVALID'],
      deadlineMs: 10_000,
      idempotent: true,
    },
    usage: {
      doc: 'What the cache of the builder holds.',
      request: Closed({}),
      response: Open({
        entries: Type.Array(
          Open({
            id: Type.String(),
            parents: Strings,
            kind: Type.String({ description: 'regular, internal, exec.cachemount' }),
            description: Type.String(),
            inUse: Type.Boolean(),
            shared: Type.Boolean(),
            size: Int64('Bytes'),
            createdAt: Timestamp('When it was made'),
            lastUsedAt: Maybe(Timestamp('When it was last used')),
            usageCount: Type.Integer(),
          }),
        ),
      }),
      errors: [],
      deadlineMs: 0,
      idempotent: true,
    },
    prune: {
      doc: 'Removes what the cache holds and no build needs now: what images hold is not its own.',
      request: Closed({
        all: Maybe(Type.Boolean()),
        keepBytes: Maybe(Int64('Stop when the cache is this small')),
        unusedSince: Maybe(Timestamp('Only entries not used since')),
        ids: Maybe(Strings),
      }),
      response: Open({ removed: Strings, spaceReclaimed: Int64('Bytes') }),
      errors: ['FILTER_INVALID'],
      deadlineMs: 0,
      idempotent: true,
    },
  },
})
