import { closeSync, openSync } from 'node:fs'
import type { MessagePort } from 'node:worker_threads'
import { codedError, isCodedError } from '@moby/contracts/errors'
import { fromByteString, openFlags, toByteString } from '@moby/lib-linux/files'
import { openMountView } from '@moby/lib-linux/mount-view'
import { LayerApplication } from '../apply/apply-layer.ts'
import { settleLayer } from '../apply/settle-layer.ts'
import { ArchiveExtraction } from '../copy/archive-extraction.ts'
import { pathChanges } from '../copy/path-changes.ts'
import { packChanges } from '../pack/pack-changes.ts'
import type { TreeChange } from '../tree/change.ts'
import { changedRoot } from '../tree/changed-root.ts'
import { copyTree } from '../tree/copy-tree.ts'
import { leaveOut } from '../tree/leave-out.ts'
import { measureChanges, measureTree, type TreeSize } from '../tree/measure-tree.ts'
import { overlayChanges } from '../tree/overlay-changes.ts'
import { plainChanges } from '../tree/plain-changes.ts'
import { removeTreeAt } from '../tree/remove-tree.ts'
import type { FromWorker, JobRequest, PathChange, SentError, StartJob, ToJob, TreeComparison } from './jobs.ts'

const changesInBatch = 512

/** Does a job in this thread. Between its pieces of input and output the thread does others. */
export function serveJob({ start, stopped, port }: StartJob): void {
  new ServedJob(stopped, port).start(start)
}

class ServedJob {
  readonly #stopped: Int32Array
  readonly #port: MessagePort
  #application: LayerApplication | ArchiveExtraction | undefined
  /** Set at the end: what still comes of the input is dropped. */
  #isOver = false
  #credits = 0
  #onCredit: (() => void) | undefined

  constructor(stopped: Int32Array, port: MessagePort) {
    this.#stopped = stopped
    this.#port = port
    port.on('message', (message: ToJob) => {
      if (this.#isOver) return
      if ('credit' in message) {
        this.#credits += 1
        this.#onCredit?.()
      } else if ('input' in message) this.#attempt(() => this.#take(message.input, message.length))
      else if (this.#application !== undefined) this.#attempt(() => this.#end(this.#application?.finish()))
    })
  }

  start({ job, request }: JobRequest): void {
    this.#attempt(() => {
      switch (job) {
        case 'apply':
          this.#application = new LayerApplication(request, this.#isStopped)
          return
        case 'extract':
          this.#application = new ArchiveExtraction(request, this.#isStopped)
          return
        case 'view':
          return this.#end(openMountView(request))
        case 'pack-path':
          return void this.#tell(packChanges(this.#untilStopped(pathChanges(request))))
        case 'settle':
          return this.#end(settleLayer(request))
        case 'pack':
          return void this.#answer(request, packTree)
        case 'changes':
          return void this.#answer(request, inBatches)
        case 'measure':
          return this.#end(measure(request, this.#untilStopped))
        case 'copy':
          withFolder(request.from, (from) => withFolder(request.to, (to) => copyTree(from, to, this.#isStopped)))
          return this.#end(undefined)
        case 'remove':
          return this.#end(removePaths(request.paths))
      }
    })
  }

  readonly #isStopped = () => Atomics.load(this.#stopped, 0) !== 0

  readonly #untilStopped = function* (this: ServedJob, changes: Iterable<TreeChange>): Generator<TreeChange, void> {
    for (const change of changes) {
      this.#check()
      yield change
    }
  }.bind(this)

  #check(): void {
    if (this.#isStopped()) throw codedError('CANCELLED', 'The work was cancelled')
  }

  #take(input: ArrayBuffer, length: number): void {
    this.#application?.push(new Uint8Array(input, 0, length))
    this.#send({ credit: input }, [input])
  }

  #attempt(work: () => void): void {
    try {
      this.#check()
      work()
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#leave()
    this.#send({ error: toSentError(error) })
  }

  #end(result: unknown): void {
    this.#leave()
    this.#send({ result })
  }

  #leave(): void {
    this.#isOver = true
    const application = this.#application
    this.#application = undefined
    application?.close()
  }

  #send(message: FromWorker, transfer: ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer)
  }

  /** Sends what is made of the changes piece by piece, each when there is room for it. */
  async #answer<T extends Uint8Array<ArrayBuffer> | readonly PathChange[]>(
    request: TreeComparison,
    make: (changes: Iterable<TreeChange>, tree: OpenComparison) => Iterable<T>,
  ): Promise<void> {
    const open: number[] = []
    let failure: { readonly error: unknown } | undefined
    const openFolder = (path: string) => {
      const descriptor = openSync(path, openFlags.O_RDONLY | openFlags.O_DIRECTORY)
      open.push(descriptor)
      return descriptor
    }
    try {
      const root = openFolder(request.root)
      const base = request.base === undefined ? undefined : openFolder(request.base)
      const changes = request.form === 'overlay' ? overlayChanges(root, base) : plainChanges(root, base, request.only)
      const { without = [] } = request
      const told = without.length === 0 ? changes : leaveOut(changes, without.map(toByteString), base)
      await this.#sendEach(make(this.#untilStopped(told), { root, base, only: request.only }))
    } catch (error) {
      failure = { error }
    }
    // Before the end is told: the tree may be unmounted then.
    for (const descriptor of open) closeSync(descriptor)
    if (failure === undefined) this.#end(undefined)
    else this.#fail(failure.error)
  }

  async #tell(pieces: Iterable<Uint8Array<ArrayBuffer>>): Promise<void> {
    try {
      await this.#sendEach(pieces)
    } catch (error) {
      return this.#fail(error)
    }
    this.#end(undefined)
  }

  async #sendEach(pieces: Iterable<Uint8Array<ArrayBuffer> | readonly PathChange[]>): Promise<void> {
    for (const piece of pieces) {
      while (this.#credits === 0) {
        await new Promise<void>((resolve) => (this.#onCredit = resolve))
        this.#check()
      }
      this.#credits -= 1
      this.#send({ output: piece }, piece instanceof Uint8Array ? [piece.buffer] : [])
    }
  }
}

interface OpenComparison {
  readonly root: number
  readonly base: number | undefined
  readonly only: readonly string[] | undefined
}

function* packTree(changes: Iterable<TreeChange>, { root, base, only }: OpenComparison) {
  yield* packChanges(only === undefined ? chain(changedRoot(root, base), changes) : changes)
}

function* chain<T>(...parts: readonly Iterable<T>[]): Generator<T, void> {
  for (const part of parts) yield* part
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
function measure(
  { form, root, base }: TreeComparison,
  untilStopped: (changes: Iterable<TreeChange>) => Iterable<TreeChange>,
): TreeSize {
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
  if (errno === 'ENOSPC' || errno === 'EDQUOT') {
    const hint = 'Make room where the engine keeps its data, for example with docker system prune.'
    return { code: 'STORAGE_FULL', message: `no space left on device: ${message}`, hint, details: { errno } }
  }
  return { code: 'HOST_SYSTEM_CALL', message, hint: undefined, details: { errno } }
}
