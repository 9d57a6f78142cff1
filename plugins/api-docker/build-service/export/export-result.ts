import { codedError } from '@moby/contracts'
import type { Handles } from '../../server/handles.ts'
import type { Exporter } from '../messages/control-messages.ts'
import { asStep } from '../progress/steps.ts'
import type { Sessions } from '../session/sessions.ts'
import { sendArchive } from './send-archive.ts'
import { sendTree } from './send-tree.ts'
import { SpooledTree } from './spooled-tree.ts'
import { registryOf } from '../solve/registry-of.ts'
import { namesOf, type BuildJob, type BuildResult } from '../solve/build-job.ts'

export interface ExportParts {
  readonly engine: Handles
  readonly sessions: Sessions
  readonly job: BuildJob
  readonly signal: AbortSignal
  readonly folder: string
}

type Told = Record<string, string>
type Export = (parts: ExportParts, image: string, exporter: Exporter, index: number) => Promise<Told>

const exports: Readonly<Record<string, Export>> = {
  moby: keepImage,
  image: keepImage,
  local: sendFolder,
  tar: sendTarball,
}

/** Brings what was built to where it is wanted. Answers what clients are told of it. Errors: NOT_SUPPORTED. */
export async function exportResult(parts: ExportParts, { image }: BuildResult): Promise<Told> {
  const told: Told = {}
  // A build may be made for its cache alone, or, by a client that only looks around, of nothing.
  if (image === undefined) return told
  for (const [index, exporter] of parts.job.exporters.entries()) {
    const act = Object.hasOwn(exports, exporter.type) ? exports[exporter.type] : undefined
    if (act === undefined) throw unknown(exporter.type)
    Object.assign(told, await act(parts, image, exporter, index))
  }
  return told
}

/** The image is in the engine: it gets its names. Pushing is done by the client, through the API of the engine. */
async function keepImage({ engine, job, signal }: ExportParts, image: string, exporter: Exporter): Promise<Told> {
  if (exporter.type === 'image' && /^(?:1|t|true)$/i.test(exporter.attributes['push'] ?? '')) {
    throw codedError('NOT_SUPPORTED', 'This builder does not push: images go to the engine', {
      hint: 'Push with `docker push`.',
    })
  }
  const names = namesOf(exporter)
  await asStep(job.progress, 'exporting to image', async (step) => {
    step.status({ id: `writing image ${image}`, done: true })
    for (const name of names) {
      await engine.images.tag({ ref: image, target: name }, { signal })
      step.status({ id: `naming to ${fullName(name)}`, done: true })
    }
  })
  const named = names.length === 0 ? {} : { 'image.name': names.join(',') }
  return { 'containerimage.digest': image, 'containerimage.config.digest': image, ...named }
}

/** `-o folder`: the files of the image, into a folder of the client. */
async function sendFolder(parts: ExportParts, image: string, _exporter: Exporter, index: number): Promise<Told> {
  const { engine, job, signal, folder } = parts
  await asStep(job.progress, 'exporting to client directory', async (step) => {
    const archive = engine.images.archivePath({ ref: image, path: '/' }, { signal })
    const tree = await SpooledTree.take(archive, folder)
    try {
      await sendTree(await sessionOf(parts), tree, { index, signal, step })
    } finally {
      await tree.close()
    }
  })
  return {}
}

/** `-o type=tar`: the same as an archive. */
async function sendTarball(parts: ExportParts, image: string, _exporter: Exporter, index: number): Promise<Told> {
  const { engine, job, signal } = parts
  await asStep(job.progress, 'exporting to client tarball', async (step) => {
    const archive = engine.images.archivePath({ ref: image, path: '/' }, { signal })
    await sendArchive(await sessionOf(parts), archive, { index, signal, step })
  })
  return {}
}

async function sessionOf({ sessions, job, signal }: ExportParts) {
  return await sessions.find(job.session, signal)
}

/** With its registry and its tag: `docker.io/library/web:latest`. */
function fullName(name: string): string {
  const host = registryOf(name)
  const path = name.startsWith(`${host}/`) ? name.slice(host.length + 1) : name
  const folder = host === 'docker.io' && !path.includes('/') ? 'library/' : ''
  return `${host}/${folder}${path}${/:[^/]+$/.test(path) ? '' : ':latest'}`
}

function unknown(type: string) {
  return codedError('NOT_SUPPORTED', `The output type=${type} is not supported by this builder`, {
    hint: `Use ${Object.keys(exports).join(', ')}.`,
  })
}
