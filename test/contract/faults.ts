import {
  authAuthenticate,
  authAuthorize,
  componentLauncher,
  logDriver,
  networkDriver,
  networkIpam,
  runtime,
  stateStore,
  storageLayers,
  storageVolume,
  type ContractDefinition,
  type Implementation,
  type LogRecord,
} from '@moby/contracts'

/** A way in which a driver could break its contract. */
export interface Fault {
  readonly contract: string
  /** Id of the case that must fail. */
  readonly caughtBy: string
  readonly name: string
  /** The methods that the faulty driver has instead of those of the sound one. */
  break(sound: never): object
}

function fault<C extends ContractDefinition>(
  contract: C,
  caughtBy: string,
  name: string,
  breakIt: (sound: Implementation<C>) => Partial<Implementation<C>>,
): Fault {
  return { contract: contract.id, caughtBy: `${contract.id}/${caughtBy}`, name, break: breakIt as Fault['break'] }
}

async function* filtered<T>(items: AsyncIterable<T>, keep: (item: T) => boolean): AsyncGenerator<T> {
  for await (const item of items) if (keep(item)) yield item
}

/** Success, whatever was asked. */
const agreeable = async (): Promise<Record<string, never>> => ({})

/** Faults that the conformance kit must find; each is one that real drivers have had. */
export const faults: readonly Fault[] = [
  fault(stateStore, 'compare-and-set', 'commits ignore what they expect', (sound) => ({
    commit: ({ changes, durability }, call) =>
      sound.commit({ changes: changes.map(({ expect: _expect, ...change }) => change), durability }, call),
  })),
  fault(stateStore, 'batch-is-whole', 'a batch loses its last change', (sound) => ({
    commit: ({ changes, durability }) =>
      sound.commit({ changes: changes.length > 1 ? changes.slice(0, -1) : changes, durability }),
  })),
  fault(stateStore, 'list-order', 'lists are not sorted', (sound) => ({
    list: async (request) => {
      const answer = await sound.list(request)
      return { ...answer, entries: answer.entries.toReversed() }
    },
  })),
  fault(stateStore, 'watch-past-and-future', 'a watch does not tell deletions', (sound) => ({
    watch: (request, call) => filtered(sound.watch(request, call), ({ deleted }) => !deleted),
  })),
  fault(storageVolume, 'users-are-counted', 'a mounted volume can be removed', (sound) => ({
    remove: async ({ name }) => {
      for (const id of ['first', 'second', 'user-0', 'outlives']) await sound.unmount({ name, id })
      return sound.remove({ name })
    },
  })),
  fault(storageVolume, 'create-with-other-options', 'other options for the same name are no conflict', (sound) => ({
    create: (request) => sound.create(request).catch(agreeable),
  })),
  fault(storageVolume, 'users-are-counted', 'to mount twice counts twice', (sound) => {
    let count = 0
    return { mount: ({ name, id }) => sound.mount({ name, id: `${id}${count++}` }) }
  }),
  fault(storageVolume, 'told', 'a list tells less than get', (sound) => ({
    list: async (request) => ({ volumes: (await sound.list(request)).volumes.map(({ name }) => ({ name })) }),
  })),
  fault(storageVolume, 'mounts-with-users', 'nothing is mounted', (sound) => ({
    mount: ({ name }) => sound.path({ name }),
  })),
  fault(storageVolume, 'refused-values', 'values of options are not looked at', (sound) => ({
    create: (request) => sound.create(request).catch(() => sound.create({ ...request, options: {} })),
  })),
  fault(storageVolume, 'sequences', 'to unmount ends the use of every id', (sound) => ({
    unmount: async ({ name }) => {
      for (const id of ['a', 'b', 'c']) await sound.unmount({ name, id })
      return {}
    },
  })),
  fault(networkIpam, 'addresses', 'two containers get the same address', (sound) => {
    let first: ReturnType<typeof sound.requestAddress> | undefined
    return { requestAddress: (request) => (first ??= sound.requestAddress(request)) }
  }),
  fault(networkIpam, 'free-pools', 'routes of the host are not avoided', (sound) => ({
    requestPool: ({ avoid: _avoid, ...request }) => sound.requestPool(request),
  })),
  fault(networkIpam, 'sequences', 'an address that is released stays taken', () => ({ releaseAddress: agreeable })),
  fault(networkIpam, 'refused-pools', 'host bits of a pool are cleared', (sound) => ({
    requestPool: ({ pool, ...request }) =>
      sound.requestPool({ ...request, ...(pool === undefined ? {} : { pool: pool.replace(/\.\d+\/24$/, '.0/24') }) }),
  })),
  fault(networkIpam, 'spaces', 'there is one space under two names', (sound) => ({
    requestPool: async (request) => {
      const { local: addressSpace } = await sound.defaultAddressSpaces({})
      return sound.requestPool({ ...request, addressSpace })
    },
  })),
  fault(networkIpam, 'unknown-pool', 'to release what is not reserved is an error', (sound) => ({
    releasePool: async (request) => {
      await sound.requestAddress({ ...request, options: {} })
      return sound.releasePool(request)
    },
  })),
  fault(networkDriver, 'life-of-an-endpoint', 'an endpoint echoes the address that it was given', (sound) => ({
    createEndpoint: async (request) => {
      await sound.createEndpoint(request)
      return { interface: { ...request.interface } }
    },
  })),
  fault(networkDriver, 'join-and-leave', 'to leave twice is an error', (sound) => {
    const left = new Set<string>()
    return {
      leave: async (request) => {
        if (left.has(request.endpointId)) throw new Error('left already')
        left.add(request.endpointId)
        return sound.leave(request)
      },
    }
  }),
  fault(logDriver, 'write-again', 'a batch that comes again is written again', (sound) => {
    let count = 0n
    return {
      write: ({ position, ...batch }) =>
        sound.write({ ...batch, position: { ...position, stdout: String(BigInt(position.stdout) + ++count * 1000n) } }),
    }
  }),
  fault(logDriver, 'tail', 'tail counts pieces instead of lines', (sound) => ({
    read: async function* ({ tail, ...request }, call) {
      const records: LogRecord[] = []
      for await (const batch of sound.read(request, call)) records.push(...batch)
      yield tail === undefined ? records : tail === 0 ? [] : records.slice(-tail)
    },
  })),
  fault(logDriver, 'since-until', 'times lose their nanoseconds', (sound) => ({
    read: async function* (request, call) {
      for await (const batch of sound.read(request, call)) {
        yield batch.map((record) => ({ ...record, time: record.time.replace(/\d{6}Z$/, '000000Z') }))
      }
    },
  })),
  fault(logDriver, 'follow', 'a follower does not see the end', (sound) => ({
    read: async function* (request, call) {
      yield* sound.read(request, call)
      if (request.follow === true) await new Promise((resolve) => call?.signal?.addEventListener('abort', resolve))
    },
  })),
  fault(authAuthenticate, 'unknown', 'everybody is root', () => ({
    authenticate: async () => ({ principal: { name: 'root', method: 'guess', groups: [] } }),
  })),
  fault(authAuthenticate, 'socket', 'everybody may connect', () => ({ socket: async () => ({ mode: 0o666 }) })),
  fault(authAuthenticate, 'groups', 'groups are forgotten', (sound) => ({
    authenticate: async (request) => {
      const { principal } = await sound.authenticate(request)
      return { principal: { ...principal, groups: [] } }
    },
  })),
  fault(authAuthenticate, 'other-transport', 'a transport is not looked at', (sound) => ({
    authenticate: ({ evidence }) => sound.authenticate({ evidence: { ...evidence, transport: 'unix' } }),
  })),
  fault(authAuthorize, 'sequences', 'an answer is kept for the next question', (sound) => {
    let last: ReturnType<typeof sound.authorize> | undefined
    return {
      authorize: async (request) => {
        const answer = last ?? sound.authorize(request)
        last = last === undefined ? answer : undefined
        return answer
      },
    }
  }),
  fault(authAuthorize, 'leaves-requests-alone', 'a policy writes into the request', (sound) => ({
    authorize: async (request) => {
      Object.assign(request.operation.request as object, { checked: true })
      return sound.authorize(request)
    },
  })),
  fault(authAuthorize, 'decides', 'everything is allowed', () => ({ authorize: async () => ({ allow: true }) })),
  fault(runtime, 'life-of-a-container', 'every exit is good', (sound) => ({
    wait: async (request, call) => ({ ...(await sound.wait(request, call)), exitCode: 0 }),
  })),
  fault(runtime, 'events', 'exits of execs are told as those of the container', (sound) => ({
    events: async function* (request, call) {
      for await (const { execId: _execId, ...event } of sound.events(request, call)) yield event
    },
  })),
  fault(componentLauncher, 'nothing-by-itself', 'every container may send signals', (sound) => ({
    launch: (request) => sound.launch({ ...request, grants: { ...request.grants, capabilities: ['CAP_KILL'] } }),
  })),
  fault(componentLauncher, 'mounts', 'read-only mounts can be written', (sound) => ({
    launch: ({ grants, ...request }) => {
      const mounts = (grants.mounts ?? []).map((mount) => ({ ...mount, readOnly: false }))
      return sound.launch({ ...request, grants: { ...grants, mounts } })
    },
  })),
  fault(componentLauncher, 'limits', 'there is no limit of processes', (sound) => ({
    launch: ({ grants, ...request }) => sound.launch({ ...request, grants: { ...grants, pids: 1000 } }),
  })),
  fault(storageLayers, 'apply-tells-the-digest', 'the digest is that of an empty layer', (sound) => ({
    apply: async (request, input, call) => ({
      ...(await sound.apply(request, input, call)),
      diffId: `sha256:${'0'.repeat(64)}`,
    }),
  })),
  fault(storageLayers, 'life-of-a-snapshot', 'a parent can be removed before its children', (sound) => ({
    remove: (request) => sound.remove(request).catch(agreeable),
  })),
  fault(storageLayers, 'whiteouts', 'whiteouts are left lying in the tree', (sound) => ({
    apply: (request, input, call) => sound.apply(request, renamed(input), call),
  })),
]

/** Archives whose whiteouts have become ordinary files. */
async function* renamed(input: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of input) chunks.push(chunk)
  yield Uint8Array.from(Buffer.from(Buffer.concat(chunks).toString('latin1').replaceAll('.wh.', '.wx.'), 'latin1'))
}
