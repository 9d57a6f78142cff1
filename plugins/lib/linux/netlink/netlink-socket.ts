import { closeSync } from 'node:fs'
import { constants } from 'node:os'
import { declareBackgroundFunction, declareFunction, lastErrno } from '../binding.ts'
import { withNetworkNamespace } from '../namespace.ts'
import { bind, setsockopt, socket } from '../socket-calls.ts'
import { checked, errnoName, failSystemCall } from '../syscall.ts'
import {
  attributeText,
  decodeAttributes,
  decodeMessages,
  encodeMessage,
  messageFlags,
  type Message,
} from './message.ts'

const nameOfSocket = declareFunction<(descriptor: number, address: Uint8Array, length: Uint32Array) => number>(
  'int getsockname(int descriptor, void *address, void *length)',
)
const send = declareFunction<(descriptor: number, data: Uint8Array, length: number, flags: number) => number>(
  'long send(int descriptor, const void *data, size_t length, int flags)',
)
const sendInBackground = declareBackgroundFunction<
  [descriptor: number, data: Uint8Array, length: number, flags: number]
>('long send(int descriptor, const void *data, size_t length, int flags)')
const receive = declareFunction<(descriptor: number, buffer: Uint8Array, length: number, flags: number) => number>(
  'long recv(int descriptor, void *buffer, size_t length, int flags)',
)
const poll = declareFunction<(entries: Uint8Array, count: number, milliseconds: number) => number>(
  'int poll(void *entries, unsigned long count, int milliseconds)',
)

export const netlinkProtocols = { route: 0, netfilter: 12 } as const

const [closeOnExec, nonBlocking] = [0o2000000, 0o4000]
const [errorType, doneType] = [2, 3]
const dumpInterrupted = 0x10
const hasErrorAttributes = 0x200
const answerTimeout = 5_000

/** One request of a conversation: what it is about stands in the error if the kernel refuses it. */
export interface NetlinkRequest {
  readonly type: number
  readonly flags: number
  readonly payload: Uint8Array
  /** `creating bridge br0` */
  readonly subject: string
}

/**
 * A netlink socket for requests that the kernel answers within the call, so that no method waits for the
 * event loop. It stays in the network namespace in which it was opened.
 */
export class NetlinkSocket {
  readonly #descriptor: number
  readonly #name: string
  readonly #buffer = Buffer.allocUnsafe(128 * 1024)
  #sequence = 0
  #open = true

  private constructor(descriptor: number, name: string) {
    this.#descriptor = descriptor
    this.#name = name
  }

  /** Opens a socket in the namespace at a path, or in this thread's own, and joins multicast groups by their number. */
  static open(
    protocol: keyof typeof netlinkProtocols,
    namespacePath?: string,
    groups: readonly number[] = [],
  ): NetlinkSocket {
    const name = `netlink ${protocol}`
    const [netlink, raw, level] = [16, 3, 270]
    const create = () => {
      const descriptor = checked(
        socket(netlink, raw | closeOnExec | nonBlocking, netlinkProtocols[protocol]),
        'socket',
        name,
      )
      try {
        const address = Buffer.alloc(12)
        address.writeUInt16LE(netlink)
        checked(bind(descriptor, address, address.length), 'bind', name)
        // NETLINK_CAP_ACK: errors do not repeat the request. NETLINK_EXT_ACK: they explain themselves.
        for (const option of [10, 11]) {
          checked(setsockopt(descriptor, level, option, new Int32Array([1]), 4), 'setsockopt', name)
        }
        const join = 1 // NETLINK_ADD_MEMBERSHIP
        for (const group of groups) {
          checked(setsockopt(descriptor, level, join, new Int32Array([group]), 4), 'setsockopt', name)
        }
        return new NetlinkSocket(descriptor, name)
      } catch (error) {
        closeSync(descriptor)
        throw error
      }
    }
    return namespacePath === undefined ? create() : withNetworkNamespace(namespacePath, create)
  }

  /** Sends one request and waits for its acknowledgement; answers what else the kernel said to it. */
  request(request: NetlinkRequest): Message[] {
    return this.#converse([{ ...request, flags: request.flags | messageFlags.request | messageFlags.acknowledge }])
  }

  /** Asks for all objects of a kind. A dump during which objects changed is asked again. */
  dump(request: NetlinkRequest): Message[] {
    for (let attempt = 1; ; attempt++) {
      const answer = this.#converse([{ ...request, flags: messageFlags.request | messageFlags.dump }])
      if (attempt === 5 || !answer.some((message) => message.flags & dumpInterrupted)) return answer
    }
  }

  /** Sends requests in one datagram: those with the acknowledge flag are waited for, the first error is thrown. */
  transact(requests: readonly NetlinkRequest[]): Message[] {
    return this.#converse(requests)
  }

  /**
   * Like `request`, for changes that hold the kernel for long: the event loop goes on meanwhile. One at a time, and
   * nothing else on this socket until it is done.
   */
  async requestInBackground(request: NetlinkRequest): Promise<void> {
    const flags = request.flags | messageFlags.request | messageFlags.acknowledge
    const { datagram, waiting, all } = this.#encode([{ ...request, flags }])
    const sent = await sendInBackground(this.#descriptor, datagram, datagram.length, 0)
    if (sent === -1) failSystemCall('send', constants.errno.EIO, request.subject)
    this.#collect(waiting, all, request.subject)
  }

  get descriptor(): number {
    return this.#descriptor
  }

  /** The number by which the kernel tells what this socket has brought about. */
  get port(): number {
    const address = Buffer.alloc(12) // struct sockaddr_nl
    checked(nameOfSocket(this.#descriptor, address, new Uint32Array([address.length])), 'getsockname', this.#name)
    return address.readUInt32LE(4)
  }

  /** What the groups were told since the last call; `lost` when it was more than the socket could keep. */
  notifications(): Message[] | 'lost' {
    const messages: Message[] = []
    for (;;) {
      const length = receive(this.#descriptor, this.#buffer, this.#buffer.length, 0)
      if (length > 0) {
        messages.push(...decodeMessages(Buffer.from(this.#buffer.subarray(0, length))))
        continue
      }
      const name = errnoName(lastErrno())
      if (length === -1 && name === 'ENOBUFS') return 'lost'
      if (length === -1 && name === 'EINTR') continue
      return messages
    }
  }

  close(): void {
    if (this.#open) closeSync(this.#descriptor)
    this.#open = false
  }

  #converse(requests: readonly NetlinkRequest[]): Message[] {
    const { datagram, waiting, all } = this.#encode(requests)
    const subject = requests[0]?.subject ?? this.#name
    checked(send(this.#descriptor, datagram, datagram.length, 0), 'send', subject)
    return this.#collect(waiting, all, subject)
  }

  #encode(requests: readonly NetlinkRequest[]) {
    // Its number may belong to another file by now.
    if (!this.#open) failSystemCall('send', constants.errno.EBADF, requests[0]?.subject ?? this.#name)
    const waiting = new Set<number>()
    const all = new Map<number, NetlinkRequest>()
    const encoded = requests.map((request) => {
      this.#sequence = (this.#sequence + 1) >>> 0
      all.set(this.#sequence, request)
      if (request.flags & (messageFlags.acknowledge | messageFlags.dump)) waiting.add(this.#sequence)
      return encodeMessage(request.type, request.flags, this.#sequence, request.payload)
    })
    return { datagram: Buffer.concat(encoded), waiting, all }
  }

  /** Reads answers until every awaited request has its own, and throws the first error. */
  #collect(waiting: Set<number>, all: ReadonlyMap<number, NetlinkRequest>, subject: string): Message[] {
    const answers: Message[] = []
    let failure: { request: NetlinkRequest; errno: number; explanation: string | undefined } | undefined
    while (waiting.size > 0) {
      for (const message of decodeMessages(this.#receive(subject))) {
        const request = all.get(message.sequence)
        if (request === undefined) continue
        if (message.type !== errorType && message.type !== doneType) {
          answers.push(message)
          continue
        }
        const errno = message.payload.length >= 4 ? -message.payload.readInt32LE(0) : 0
        // A batch that failed is not acknowledged any further once its errors have been told.
        if (errno > 0) {
          failure ??= { request, errno, explanation: explanationOf(message) }
          if (all.size > 1) waiting.clear()
        }
        waiting.delete(message.sequence)
      }
    }
    if (failure !== undefined) {
      this.#drain()
      failSystemCall(this.#name, failure.errno, failure.request.subject, failure.explanation)
    }
    return answers
  }

  #receive(subject: string): Buffer {
    for (;;) {
      const length = receive(this.#descriptor, this.#buffer, this.#buffer.length, 0)
      if (length >= 0) return Buffer.from(this.#buffer.subarray(0, length))
      const errno = lastErrno()
      const name = errnoName(errno)
      if (name === 'EINTR') continue
      if (name !== 'EAGAIN') failSystemCall('recv', errno, subject)
      const entry = Buffer.alloc(8) // struct pollfd
      entry.writeInt32LE(this.#descriptor, 0)
      entry.writeInt16LE(1, 4)
      if (poll(entry, 1, answerTimeout) === 0) failSystemCall('recv', constants.errno.ETIMEDOUT, subject)
    }
  }

  /** Drops answers that nobody waits for any more. */
  #drain(): void {
    while (receive(this.#descriptor, this.#buffer, this.#buffer.length, 0) > 0);
  }
}

/** The text that the kernel added to an error (NLMSGERR_ATTR_MSG). */
function explanationOf(message: Message): string | undefined {
  if (!(message.flags & hasErrorAttributes)) return undefined
  const [errorLength, headerLength] = [4, 16]
  return attributeText(decodeAttributes(message.payload.subarray(errorLength + headerLength)).get(1))
}
