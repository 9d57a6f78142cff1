import { rm } from 'node:fs/promises'
import type { Progress } from '@moby/contracts'
import { decompress, detectCompression } from '@moby/lib-tar'
import { checkLayerCount } from '../check-layer-count.ts'
import type { ImageContext } from '../image-context.ts'
import { ProgressFeed } from '../progress-feed.ts'
import { toFamiliar } from '@moby/contracts/reference'
import { FileReceiver } from './file-receiver.ts'
import type { ImagePlan } from './image-plan.ts'
import { loadImage } from './load-image.ts'
import { LooseLayers } from './loose-layers.ts'
import { readPlans } from './read-plans.ts'
import { ReceivedArchive } from './received-archive.ts'
import type { ReceivedFile } from './received-file.ts'
import { tellDiffId } from './tell-diff-id.ts'

export interface LoadOptions {
  readonly quiet: boolean
  readonly platforms?: readonly string[] | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Loads the images of an archive of `docker save`, of whatever version, or an OCI layout, compressed or not. Layers are unpacked as they come,
 * whatever stands before or after them. An image appears when all of it is there; what a failure or a killed engine
 * leaves behind is swept. Errors: ARCHIVE_*, IMAGE_*, PLATFORM_NOT_FOUND, SNAPSHOT_TOO_DEEP, STORAGE_FULL.
 */
export async function* loadImages(
  context: ImageContext,
  input: AsyncIterable<Uint8Array>,
  options: LoadOptions,
): AsyncGenerator<Progress, void> {
  const feed = new ProgressFeed()
  const ended = new AbortController()
  const signal = options.signal === undefined ? ended.signal : AbortSignal.any([options.signal, ended.signal])
  const work = load(context, input, { ...options, signal }, feed.report).then(
    () => feed.end(),
    (error: unknown) => feed.fail(error),
  )
  try {
    yield* feed
  } finally {
    ended.abort()
    await work
  }
}

async function load(
  context: ImageContext,
  input: AsyncIterable<Uint8Array>,
  { quiet, platforms, signal }: LoadOptions,
  report: (item: Progress) => void,
): Promise<void> {
  const driver = context.layers.driver
  const loose = await LooseLayers.open(context.layers, driver)
  const folder = await context.content.makeSpool()
  const receiver = new FileReceiver({
    context,
    folder,
    loose,
    signal,
    onBytes: (name, current, total) => {
      if (!quiet) report({ status: 'Loading layer', id: shortName(name), current, total })
    },
  })
  let isWhole = false
  try {
    const { compression, input: whole } = await detectCompression(input)
    const archive = await ReceivedArchive.read(decompress(whole, compression), (name, size, content) =>
      receiver.receive(name, size, content),
    )
    const { plans, isV1 } = await readPlans(archive, platforms ?? [], (file) => tellDiffId(context.content, file))
    for (const plan of plans) await checkLayerCount(context.layers, driver, plan.layers.length, tell(plan))
    const call = { folder, driver, loose, report, quiet, signal, told: new Set<ReceivedFile>() }
    for (const plan of plans) await loadImage(context, plan, call)
    for (const line of isV1 ? [] : loadedLines(plans)) report({ stream: `${line}\n` })
    isWhole = true
  } finally {
    await loose?.discard()
    receiver.release()
    await rm(folder, { recursive: true, force: true })
    if (!isWhole) await context.alone(async () => await context.sweep())
  }
}

function loadedLines(plans: readonly ImagePlan[]): string[] {
  const names = new Set(plans.flatMap((plan) => plan.names))
  const nameless = plans.filter((plan) => plan.names.length === 0)
  return [
    ...[...names].map((name) => `Loaded image: ${toFamiliar(name)}`),
    ...nameless.map(({ config }) => `Loaded image ID: ${config.id}`),
  ]
}

function tell({ names: [name], config }: ImagePlan): string {
  return `The image ${name === undefined ? config.id : toFamiliar(name)}`
}

/** What people know a layer by, where the archive tells: twelve digits. */
function shortName(name: string): string {
  return (/([a-f0-9]{12})[a-f0-9]*(?:\/layer\.tar|\.tar)?$/.exec(name)?.[1] ?? name).slice(0, 12)
}
