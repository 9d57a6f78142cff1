import { closeSync, openSync } from 'node:fs'
import { parentPort } from 'node:worker_threads'
import { codedError, isCodedError } from '@moby/contracts/errors'
import { fromByteString, openFlags, toByteString } from '@moby/lib-linux/files'
import { LayerApplication } from '../apply/apply-layer.ts'
import { settleLayer } from '../apply/settle-layer.ts'
import { packChanges } from '../pack/pack-changes.ts'
import type { TreeChange } from '../tree/change.ts'
import { copyTree } from '../tree/copy-tree.ts'
import { leaveOut } from '../tree/leave-out.ts'
import { measureChanges, measureTree, type TreeSize } from '../tree/measure-tree.ts'
import { overlayChanges } from '../tree/overlay-changes.ts'
import { plainChanges } from '../tree/plain-changes.ts'
import { removeTreeAt } from '../tree/remove-tree.ts'
import type { FromWorker, JobRequest, PathChange, SentError, ToWorker, TreeComparison } from './jobs.ts'

// The body of a worker thread: one job at a time, all its file calls synchronous.
const port = parentPort
if (port === null) throw new Error('This module is the body of a worker thread.')

const changesInBatch = 512
let stopped: Int32Array | undefined
let application: LayerApplication | undefined
/** Set after a failure, until the next job: what still comes of the input is dropped. */
let failed = false
const room: { credits: number; onCredit?: () => void } = { credits: 0 }

const send = (message: FromWorker, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer)
const isStopped = () => stopped !== undefined && Atomics.load(stopped, 0) !== 0

port.on('message', (message: ToWorker) => {
  if ('credit' in message) {
    room.credits += 1
    room.onCredit?.()
  } else if ('start' in message) {
    stopped = message.stopped
    room.credits = 0
    failed = false
    attempt(() => start(message.start))
  } else if ('input' in message) {
    const { input, length } = message
    if (!failed) attempt(() => application?.push(new Uint8Array(input, 0, length)))
    if (!failed) send({ credit: input }, [input])
  } else if (application !== undefined) {
    attempt(() => {
      const result = application?.finish()
      endApplication()
      send({ result })
    })
  }
})

function attempt(work: () => void): void {
  try {
    if (isStopped()) throw codedError('CANCELLED', 'The work was cancelled')
    work()
  } catch (error) {
    fail(error)
  }
}

function fail(error: unknown): void {
  failed = true
  endApplication()
  send({ error: toSentError(error) })
}

function endApplication(): void {
  application?.close()
  application = undefined
}

function start(job: JobRequest): void {
  switch (job.job) {
    case 'apply':
      application = new LayerApplication(job.request, isStopped)
      return
    case 'settle':
      settleLayer(job.request)
      return send({ result: undefined })
    case 'pack':
      void answer(job.request, (changes) => packChanges(changes))
      return
    case 'changes':
      void answer(job.request, inBatches)
      return
    case 'measure':
      return send({ result: measure(job.request) })
    case 'copy':
      withFolder(job.request.from, (from) => withFolder(job.request.to, (to) => copyTree(from, to, isStopped)))
      return send({ result: undefined })
    case 'remove':
      removePaths(job.request.paths)
      return send({ result: undefined })
  }
}

/** A path that cannot be removed does not keep the others from it. */
function removePaths(paths: readonly string[]): void {
  const failures: unknown[] = []
  for (const path of paths) {
    const slash = path.lastIndexOf('/') + 1
    try {
      withFolder(path.slice(0, slash), (parent) => removeTreeAt(parent, toByteString(path.slice(slash))))
    } catch (error) {
      failures.push(error)
    }
  }
  if (failures.length > 0) throw failures[0]
}

/** In an overlay the upper folder holds nothing but changes; a copy has to be compared. */
function measure({ form, root, base }: TreeComparison): TreeSize {
  return withFolder(root, (tree) => {
    if (form === 'overlay' || base === undefined) return measureTree(tree)
    return withFolder(base, (below) => measureChanges(untilStopped(plainChanges(tree, below))))
  })
}

function withFolder<T>(path: string, work: (descriptor: number) => T): T {
  const descriptor = openSync(path, openFlags.O_RDONLY | openFlags.O_DIRECTORY)
  try {
    return work(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

/** Sends what is made of the changes piece by piece, each when there is room for it. */
async function answer<T extends Uint8Array<ArrayBuffer> | readonly PathChange[]>(
  request: TreeComparison,
  make: (changes: Iterable<TreeChange>) => Iterable<T>,
): Promise<void> {
  const open: number[] = []
  try {
    const root = openSync(request.root, openFlags.O_RDONLY | openFlags.O_DIRECTORY)
    open.push(root)
    const base =
      request.base === undefined ? undefined : openSync(request.base, openFlags.O_RDONLY | openFlags.O_DIRECTORY)
    if (base !== undefined) open.push(base)
    const changes = request.form === 'overlay' ? overlayChanges(root, base) : plainChanges(root, base, '', request.only)
    const { without = [] } = request
    const told = without.length === 0 ? changes : leaveOut(changes, without.map(toByteString), base)
    for (const piece of make(untilStopped(told))) {
      while (room.credits === 0) {
        await new Promise<void>((resolve) => (room.onCredit = resolve))
        if (isStopped()) throw codedError('CANCELLED', 'The work was cancelled')
      }
      room.credits -= 1
      send({ output: piece }, piece instanceof Uint8Array ? [piece.buffer] : [])
    }
    send({ result: undefined })
  } catch (error) {
    fail(error)
  } finally {
    for (const descriptor of open) closeSync(descriptor)
  }
}

function* untilStopped(changes: Iterable<TreeChange>): Generator<TreeChange, void> {
  for (const change of changes) {
    if (isStopped()) throw codedError('CANCELLED', 'The work was cancelled')
    yield change
  }
}

function* inBatches(changes: Iterable<TreeChange>): Generator<readonly PathChange[], void> {
  let batch: PathChange[] = []
  for (const { path, kind } of changes) {
    batch.push({ path: `/${fromByteString(path)}`, kind })
    if (batch.length < changesInBatch) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

function toSentError(error: unknown): SentError {
  if (isCodedError(error)) {
    return { code: error.code, message: error.message, hint: error.hint, details: error.details }
  }
  const message = error instanceof Error ? error.message : String(error)
  const errno = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
  if (errno === undefined) return { code: undefined, message, hint: undefined, details: undefined }
  return { code: 'HOST_SYSTEM_CALL', message, hint: undefined, details: { errno } }
}
