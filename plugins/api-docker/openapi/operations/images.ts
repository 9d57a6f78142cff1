import { buildPruneFilters, imageFilters, imagePruneFilters, searchFilters } from '../../schemas/filters.ts'
import { AuthConfig } from '../../translate/registry-auth.ts'
import {
  AuthAnswer,
  DistributionInspect,
  ImageChange,
  ImageHistoryItem,
  ImageInspect,
  ImagesPruned,
  ImageSummary,
  ProgressLine,
  SearchResult,
} from '../answers/image.ts'
import { list } from '../answers/schema.ts'
import { CachePruned } from '../answers/system.ts'
import { answer, done, flagOf, integerOf, lines, textOf, textsOf, type Operations } from '../operation.ts'

const tar = { bytes: 'application/x-tar', description: 'A tar archive: docker-archive and OCI layout in one' }
const platform = (since: number) => textOf('JSON of a platform, or `os/arch[/variant]`', since)
const platforms = (since: number) => textsOf('JSON of platforms', since)
const progress = lines(ProgressLine, 'Progress; what fails after the first line is told in the last')

export const imageOperations: Operations = {
  'GET /images/json': {
    id: 'ImageList',
    summary: 'Lists images',
    query: {
      all: flagOf('Those that only other images are made of, too'),
      filter: textOf('A name or pattern; before 1.41'),
      'shared-size': flagOf('With the bytes that others have, too', 42),
      manifests: flagOf('With the platform images that each stands for', 47),
    },
    filters: imageFilters,
    answers: { 200: answer(list(ImageSummary), 'Newest first') },
  },
  'POST /images/create': {
    id: 'ImageCreate',
    summary: 'Pulls an image, or makes one of a tree of files',
    query: {
      fromImage: textOf('Name to pull; with its tag or digest, or with `tag`'),
      fromSrc: textOf('`-`: the files come in the body'),
      repo: textOf('Name of the image that is made'),
      tag: textOf('Tag or digest; all tags are pulled without one'),
      message: textOf('For the history of the image that is made'),
      changes: textsOf('Instructions of a Dockerfile that change its configuration'),
      platform: textOf('`os/arch[/variant]`', 32),
    },
    body: 'application/x-tar',
    answers: { 200: progress },
  },
  'GET /images/{name}/json': {
    id: 'ImageInspect',
    summary: 'Tells all about an image',
    query: { manifests: flagOf('With the platform images that it stands for', 48), platform: platform(49) },
    answers: { 200: answer(ImageInspect, 'The image') },
  },
  'GET /images/{name}/history': {
    id: 'ImageHistory',
    summary: 'Tells the steps that made an image',
    query: { platform: platform(48) },
    answers: { 200: answer(list(ImageHistoryItem), 'Newest first') },
  },
  'POST /images/{name}/push': {
    id: 'ImagePush',
    summary: 'Pushes an image to its registry',
    query: { tag: textOf('The tag; all of them without it'), platform: platform(46) },
    answers: { 200: progress },
  },
  'POST /images/{name}/tag': {
    id: 'ImageTag',
    summary: 'Gives an image one more name',
    query: { repo: textOf('The name'), tag: textOf('The tag; latest without it') },
    answers: { 201: done('Named') },
  },
  'DELETE /images/{name}': {
    id: 'ImageDelete',
    summary: 'Removes a name, and the image with its last one',
    query: {
      force: flagOf('Although containers that do not run use it'),
      noprune: flagOf('Leaves images that only this one was made of'),
      platforms: platforms(50),
    },
    answers: { 200: answer(list(ImageChange), 'What was removed') },
  },
  'POST /images/prune': {
    id: 'ImagePrune',
    summary: 'Removes images that no container uses',
    filters: imagePruneFilters,
    answers: { 200: answer(ImagesPruned, 'Removed') },
  },
  'GET /images/get': {
    id: 'ImageGetAll',
    summary: 'Packs several images',
    query: { names: textsOf('Names of images'), platform: platforms(48) },
    answers: { 200: tar },
  },
  'GET /images/{name}/get': {
    id: 'ImageGet',
    summary: 'Packs an image',
    query: { platform: platforms(48) },
    answers: { 200: tar },
  },
  'POST /images/load': {
    id: 'ImageLoad',
    summary: 'Takes the images of an archive',
    query: { quiet: flagOf('Tells names alone, true without it'), platform: platforms(48) },
    body: 'application/x-tar',
    answers: { 200: progress },
  },
  'GET /images/search': {
    id: 'ImageSearch',
    summary: 'Looks for images in a registry',
    query: { term: textOf('What is looked for'), limit: integerOf('Results, at most 100') },
    filters: searchFilters,
    answers: { 200: answer(list(SearchResult), 'Found') },
  },
  'GET /distribution/{name}/json': {
    id: 'DistributionInspect',
    summary: 'Tells what a name stands for at its registry',
    answers: { 200: answer(DistributionInspect, 'Digest and platforms') },
  },
  'POST /auth': {
    id: 'SystemAuth',
    summary: 'Tries a password at a registry',
    body: AuthConfig.schema,
    answers: { 200: answer(AuthAnswer, 'It is right') },
  },
  'POST /build': {
    id: 'ImageBuild',
    summary: 'Builds an image of a Dockerfile and its context',
    query: {
      dockerfile: textOf('Path in the context; Dockerfile without it'),
      t: textsOf('Names of the image'),
      extrahosts: textsOf('`name:address` for /etc/hosts of the steps'),
      remote: textOf('Address of the context in place of the body'),
      q: flagOf('Tells the id alone'),
      nocache: flagOf('Does every step again'),
      cachefrom: textOf('JSON: images whose steps may be taken over'),
      pull: flagOf('Asks the registry for newer base images'),
      rm: flagOf('Removes the containers of steps, true without it'),
      forcerm: flagOf('Also those of a step that failed'),
      memory: integerOf('Bytes'),
      memswap: integerOf('Bytes with swap, -1 for no limit'),
      cpushares: integerOf('Share of the processors'),
      cpusetcpus: textOf('Processors, `0-1`'),
      cpusetmems: textOf('Memory nodes'),
      cpuperiod: integerOf('Microseconds'),
      cpuquota: integerOf('Microseconds'),
      cgroupparent: textOf('Cgroup above those of the steps'),
      ulimits: textOf('JSON: limits by name'),
      securityopt: textOf('Refused on Linux'),
      isolation: textOf('Refused but for `default`'),
      buildargs: textOf('JSON: values of ARG'),
      shmsize: integerOf('Bytes of /dev/shm'),
      squash: flagOf('Refused'),
      labels: textOf('JSON: labels of the image'),
      networkmode: textOf('Network of the steps'),
      platform: textOf('`os/arch[/variant]`', 32),
      target: textOf('The stage that is built'),
      outputs: textOf('JSON, with `version=2` alone: what the build becomes in place of an image'),
      version: textOf('1, or 2 for a build that is told in the words of BuildKit'),
      buildid: textOf('With `version=2`: a name by which the build may be cancelled'),
      session: textOf('With `version=2`: the session of the client, which is asked for credentials and secrets'),
    },
    body: 'application/x-tar',
    answers: { 200: progress },
  },
  'POST /build/prune': {
    id: 'BuildPrune',
    summary: 'Removes what the builder keeps to build faster',
    query: {
      all: flagOf('Also what is in use by images'),
      'keep-storage': integerOf('Bytes that may stay; before 1.48'),
      'reserved-space': integerOf('Bytes that may stay', 48),
      'max-used-space': integerOf('Refused', 48),
      'min-free-space': integerOf('Refused', 48),
    },
    filters: buildPruneFilters,
    answers: { 200: answer(CachePruned, 'Removed') },
  },
  'POST /build/cancel': {
    id: 'BuildCancel',
    summary: 'Ends a build of BuildKit that was asked for with this id; that there is none is success',
    query: { id: textOf('The build') },
    answers: { 200: done('Ended') },
  },
  'POST /grpc': {
    id: 'Grpc',
    summary: 'Turns the connection into HTTP/2 for the services of BuildKit',
    answers: { 101: done('HTTP/2') },
  },
  'POST /session': {
    id: 'Session',
    summary: 'Turns the connection into HTTP/2, on which the client serves what a build asks for',
    answers: { 101: done('HTTP/2') },
  },
}
