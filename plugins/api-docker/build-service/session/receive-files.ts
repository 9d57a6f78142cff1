import { codedError } from '@moby/contracts'
import { emptyFile, type TarEntry } from '@moby/lib-tar'
import { GrpcFailure } from '../../buildkit/grpc-failure.ts'
import type { CallHeaders, ClientCall } from '../calls/client-call.ts'
import { Packet, packetTypes, type Stat } from '../messages/session-messages.ts'
import type { ClientSession } from './client-session.ts'
import { permissionsOfGoMode, typeOfGoMode } from './file-mode.ts'

export const syncFiles = '/moby.filesync.v1.FileSync/DiffCopy'

/** Which files are asked for. */
export interface FilesWish {
  /** What the client calls the folder: `context`, `dockerfile`. */
  readonly folder: string
  /** Patterns of a .dockerignore. */
  readonly exclude?: readonly string[]
  /** Only these paths, with what their links lead to. */
  readonly only?: readonly string[]
}

/** A file of the client, parents before what is in them. Its content is read before the next is asked for. */
export interface ReceivedFile {
  /** Its size is right where the content was short enough to be taken in whole; longer contents are cut to it. */
  readonly entry: TarEntry
  readonly content: AsyncIterable<Uint8Array>
}

interface Awaited {
  readonly id: number
  entry: TarEntry
  readonly hasContent: boolean
  /** Bytes of it that were asked for. */
  readonly announced: number
  readonly pieces: Uint8Array[]
  /** Bytes that came. */
  received: number
  isWhole: boolean
}

/** Bytes of contents that are asked for before their turn, so that small files do not cost a journey each. */
const aheadBytes = 4 * 1024 * 1024
const aheadFiles = 64
/** Bytes of a content that is taken in whole before its file is told. */
const wholeBytes = 1024 * 1024

/**
 * The files of a folder of the client, by the protocol of fsutil: it tells what there is, is asked for contents by
 * number, and sends them in pieces. Errors: BUILD_CONTEXT_INVALID, BUILDKIT_UNAVAILABLE, GrpcFailure.
 */
export async function* receiveFiles(
  session: ClientSession,
  wish: FilesWish,
  signal: AbortSignal,
): AsyncGenerator<ReceivedFile, void> {
  if (!session.supports(syncFiles)) {
    throw codedError(
      'BUILD_CONTEXT_INVALID',
      `The client of the build offers no files, and ${wish.folder} was asked for`,
    )
  }
  const call = session.open(syncFiles, headersOf(wish), signal)
  const receiver = new Receiver(call)
  try {
    yield* receiver.files()
  } finally {
    call.close()
  }
}

class Receiver {
  readonly #call: ClientCall
  readonly #packets: AsyncIterator<Buffer>
  /** In the order of telling, without those that are done. */
  readonly #files = new Map<number, Awaited>()
  readonly #asked = new Map<number, Awaited>()
  /** Number of the file whose turn it is, and of the first whose content was not asked for. */
  #turn = 0
  #next = 0
  #ahead = 0
  #told = 0
  #isToldWhole = false

  constructor(call: ClientCall) {
    this.#call = call
    this.#packets = call.messages()[Symbol.asyncIterator]()
  }

  async *files(): AsyncGenerator<ReceivedFile, void> {
    for (;;) {
      while (this.#turn >= this.#told && !this.#isToldWhole) await this.#take()
      if (this.#turn >= this.#told) break
      const file = this.#files.get(this.#turn)
      await this.#ask()
      if (file !== undefined) yield* this.#tell(file)
      this.#files.delete(this.#turn)
      this.#turn += 1
    }
    await this.#call.send(Packet.encode({ type: packetTypes.finish }))
    for (let next = await this.#packets.next(); next.done !== true; next = await this.#packets.next()) {
      if (Packet.decode(next.value).type === packetTypes.finish) break
    }
    this.#call.end()
    for (let next = await this.#packets.next(); next.done !== true; next = await this.#packets.next()) continue
  }

  async *#tell(file: Awaited): AsyncGenerator<ReceivedFile, void> {
    if (file.hasContent && file.announced <= wholeBytes) {
      while (!file.isWhole) await this.#take()
      file.entry = { ...file.entry, size: sizeReceived(file) }
    }
    yield { entry: file.entry, content: this.#contentOf(file) }
    for await (const _rest of this.#contentOf(file)) continue
    this.#ahead -= file.announced
  }

  async *#contentOf(file: Awaited): AsyncGenerator<Uint8Array, void> {
    while (file.hasContent) {
      const piece = file.pieces.shift()
      if (piece !== undefined) yield piece
      else if (file.isWhole) break
      else await this.#take()
    }
    if (file.received !== file.entry.size) throw changed(file.entry)
  }

  /** Asks for the content of the file whose turn it is, and for those behind it within bounds. */
  async #ask(): Promise<void> {
    for (; this.#next < this.#told; this.#next += 1) {
      const file = this.#files.get(this.#next)
      if (file?.hasContent !== true) continue
      const isTurn = this.#next === this.#turn
      if (!isTurn && (this.#ahead + file.announced > aheadBytes || this.#asked.size >= aheadFiles)) return
      this.#ahead += file.announced
      this.#asked.set(file.id, file)
      await this.#call.send(Packet.encode({ type: packetTypes.request, id: file.id }))
    }
  }

  /** Takes one packet of the client. */
  async #take(): Promise<void> {
    const next = await this.#packets.next()
    if (next.done === true) throw broken('the client ended before all was sent')
    const { type, stat, id, data } = Packet.decode(next.value)
    switch (type) {
      case packetTypes.stat:
        if (stat === undefined) this.#isToldWhole = true
        else this.#note(stat)
        return await this.#ask()
      case packetTypes.data:
        return this.#put(id, data)
      case packetTypes.error:
        throw broken(Buffer.from(data).toString())
      default:
        throw broken(`a packet of type ${type} was not expected`)
    }
  }

  #note(stat: Stat): void {
    const id = this.#told
    this.#told += 1
    const entry = entryOf(stat)
    if (entry === undefined) return
    const hasContent = entry.type === 'file'
    this.#files.set(id, { id, entry, hasContent, announced: entry.size, pieces: [], received: 0, isWhole: !hasContent })
  }

  #put(id: number, data: Uint8Array): void {
    const file = this.#asked.get(id)
    if (file === undefined) throw broken(`content came for file ${id}, which was not asked for`)
    if (data.length === 0) {
      file.isWhole = true
      this.#asked.delete(id)
      return
    }
    file.received += data.length
    const most = Math.max(file.announced, wholeBytes)
    if (file.received > most) throw changed(file.entry)
    file.pieces.push(data)
  }
}

/** A file that grew or shrank between being told and being read is taken as it was read. */
function sizeReceived({ entry, received }: Awaited): number {
  // The client sends nothing of a file that it cannot open.
  if (received === 0 && entry.size > 0) throw unreadable(entry)
  return received
}

function entryOf(stat: Stat): TarEntry | undefined {
  const type = typeOfGoMode(stat.mode)
  if (type === undefined) return undefined
  const name = bytesText(stat.path)
  const linkName = bytesText(stat.linkName)
  const isLink = type === 'file' && linkName !== ''
  return {
    ...emptyFile,
    name: type === 'directory' ? `${name}/` : name,
    type: isLink ? 'hard-link' : type,
    mode: permissionsOfGoMode(stat.mode),
    uid: stat.uid,
    gid: stat.gid,
    size: type === 'file' && !isLink ? stat.size : 0,
    modifiedAt: stat.modifiedAt,
    linkName,
    major: stat.major,
    minor: stat.minor,
    xattrs: new Map(Object.entries(stat.xattrs)),
  }
}

/** Names of files are bytes: one character each. */
function bytesText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

/** Each pattern is a header of its own; what is not ASCII is written as in a query, which a further header tells. */
function headersOf({ folder, exclude, only }: FilesWish): CallHeaders {
  const headers: Record<string, readonly string[]> = { 'dir-name': [folder] }
  if (exclude !== undefined && exclude.length > 0) headers['exclude-patterns'] = exclude
  if (only !== undefined) headers['followpaths'] = only
  const encoded: Record<string, string | readonly string[]> = {}
  for (const [name, values] of Object.entries(headers)) {
    const isPlain = values.every((value) => /^[\x20-\x7e]*$/.test(value))
    encoded[name] = isPlain ? values : values.map(queryEscape)
    if (!isPlain) encoded[`${name}-encoded`] = '1'
  }
  return encoded
}

function queryEscape(text: string): string {
  return encodeURIComponent(text).replaceAll('%20', '+')
}

function broken(what: string): GrpcFailure | Error {
  return codedError('BUILD_CONTEXT_INVALID', `The files of the build cannot be received: ${what}`)
}

function changed({ name }: TarEntry): Error {
  return codedError('BUILD_CONTEXT_INVALID', `${nameText(name)} changed while it was sent`, { hint: 'Build again.' })
}

function unreadable({ name }: TarEntry): Error {
  return codedError('BUILD_CONTEXT_INVALID', `${nameText(name)} could not be read by the client`, {
    hint: 'Make it readable, or name it in .dockerignore.',
  })
}

function nameText(name: string): string {
  return Buffer.from(name, 'latin1').toString()
}
