import { strict as assert } from 'node:assert'
import { Resolver } from 'node:dns/promises'
import { hasCode } from '../errors/index.ts'
import { networkDriver } from '../network/index.ts'
import { CaseBook } from './case.ts'
import { eventually, failsWith, freshName, outcomes } from './checks.ts'
import { inNetwork, type NetworkFixtures } from './network-helpers.ts'

const book = new CaseBook<typeof networkDriver, NetworkFixtures>(networkDriver)
/** Promises of `network.driver`. */
export const networkDriverCases = book.cases

book.prove({
  id: 'capabilities',
  methods: ['capabilities'],
  title: 'scope and needs are told, the same at every call',
  smoke: true,
  async run({ driver }) {
    const facts = await driver.capabilities({})
    assert.ok(['local', 'global'].includes(facts.scope) && ['local', 'global'].includes(facts.connectivityScope))
    assert.deepEqual(await driver.capabilities({}), facts)
  },
})

book.prove({
  id: 'network-again',
  methods: ['createNetwork', 'deleteNetwork'],
  title: 'a network can be made again as it is and deleted again when it is gone',
  async run({ driver, fixtures }) {
    const networkId = await inNetwork({ driver, fixtures }, async ({ request }) => {
      await driver.createNetwork(request)
      return request.networkId
    })
    await driver.deleteNetwork({ networkId })
    await driver.deleteNetwork({ networkId: freshName('unknown') })
  },
})

book.prove({
  id: 'single',
  methods: ['createNetwork', 'capabilities'],
  title: 'a driver with one predefined network refuses a second one',
  async run({ driver, fixtures }) {
    if ((await driver.capabilities({})).single !== true) return
    await inNetwork({ driver, fixtures }, async ({ request }) => {
      await failsWith('NETWORK_EXISTS', driver.createNetwork({ ...request, networkId: freshName('second') }))
    })
  },
})

book.prove({
  id: 'invalid-option',
  methods: ['createNetwork', 'deleteNetwork'],
  title: 'an option with a wrong value is refused, and nothing is left',
  async run({ driver, fixtures }) {
    await inNetwork({ driver, fixtures }, async ({ request }) => {
      await driver.deleteNetwork({ networkId: request.networkId })
      const options = { 'com.docker.network.generic': { 'com.docker.network.driver.mtu': 'not a number' } }
      await failsWith('NETWORK_OPTION_INVALID', driver.createNetwork({ ...request, options }))
      await driver.createNetwork(request)
    })
  },
})

book.prove({
  id: 'life-of-an-endpoint',
  methods: ['createEndpoint', 'endpointInfo', 'deleteEndpoint', 'deleteNetwork'],
  title: 'an endpoint is known from its creation to its deletion, and holds its network',
  async run({ driver, fixtures }) {
    await inNetwork({ driver, fixtures }, async ({ request, endpoint, addEndpoint }) => {
      const made = endpoint()
      const which = { networkId: request.networkId, endpointId: made.endpointId }
      await failsWith('ENDPOINT_NOT_FOUND', driver.endpointInfo(which))
      const answer = await addEndpoint(made)
      for (const key of Object.keys(made.interface) as (keyof typeof made.interface)[]) {
        assert.equal(answer.interface[key], undefined, `the driver changed ${key}, which was given`)
      }
      assert.equal(typeof (await driver.endpointInfo(which)).value, 'object')
      await failsWith('ENDPOINT_EXISTS', driver.createEndpoint(made))
      await failsWith('NETWORK_HAS_ENDPOINTS', driver.deleteNetwork({ networkId: request.networkId }))
      await driver.deleteEndpoint(which)
      await driver.deleteEndpoint(which)
      await failsWith('ENDPOINT_NOT_FOUND', driver.endpointInfo(which))
    })
  },
})

book.prove({
  id: 'unknown',
  methods: ['createEndpoint', 'endpointInfo', 'join', 'programExternal', 'leave', 'deleteEndpoint', 'revokeExternal'],
  title: 'nothing is done on an unknown network or endpoint; to undo something there is success',
  async run({ driver, fixtures }) {
    await inNetwork({ driver, fixtures }, async ({ request, endpoint }) => {
      const nowhere = { networkId: freshName('unknown'), endpointId: freshName('unknown') }
      const unknown = { networkId: request.networkId, endpointId: freshName('unknown') }
      await failsWith('NETWORK_NOT_FOUND', driver.createEndpoint({ ...endpoint(), ...nowhere }))
      await failsWith('NETWORK_NOT_FOUND', driver.endpointInfo(nowhere))
      await failsWith('ENDPOINT_NOT_FOUND', driver.endpointInfo(unknown))
      const sandboxKey = '/nowhere'
      await failsWith('NETWORK_NOT_FOUND', driver.join({ ...nowhere, sandboxKey, options: {} }))
      await failsWith('ENDPOINT_NOT_FOUND', driver.join({ ...unknown, sandboxKey, options: {} }))
      await failsWith(['ENDPOINT_NOT_FOUND', 'NOT_SUPPORTED'], driver.programExternal({ ...unknown, options: {} }))
      for (const which of [nowhere, unknown]) {
        await driver.leave(which)
        await driver.deleteEndpoint(which)
        const { codes } = await outcomes([driver.revokeExternal(which)])
        assert.ok(codes.length === 0 || codes[0] === 'NOT_SUPPORTED', codes[0])
      }
    })
  },
})

book.prove({
  id: 'endpoints-at-once',
  methods: ['createEndpoint', 'deleteEndpoint'],
  title: 'ten endpoints made at once are ten, each with a hardware address of its own where the driver gives one',
  async run({ driver, fixtures }) {
    await inNetwork({ driver, fixtures }, async ({ endpoint, addEndpoint }) => {
      const answers = await Promise.all(Array.from({ length: 10 }, () => addEndpoint(endpoint())))
      const given = answers.flatMap((answer) => answer.interface.macAddress ?? [])
      assert.equal(new Set(given).size, given.length)
    })
  },
})

book.prove({
  id: 'join-and-leave',
  methods: ['join', 'leave'],
  title: 'join makes a link where the engine expects it, and nothing of it is left after leave',
  needs: ['sandbox', 'hostLinks'],
  async run({ driver, fixtures }) {
    const { sandbox: kind } = await driver.capabilities({})
    await inNetwork({ driver, fixtures }, async ({ request, endpoint, addEndpoint }) => {
      const before = await fixtures.hostLinks()
      const sandbox = await fixtures.sandbox()
      try {
        const made = endpoint()
        await addEndpoint(made)
        const which = { networkId: request.networkId, endpointId: made.endpointId }
        const joined = await driver.join({ ...which, sandboxKey: sandbox.key, interfaceName: 'eth7', options: {} })
        if ((kind ?? 'own') !== 'own') assert.equal(joined.link, undefined)
        else {
          assert.ok(joined.link !== undefined, 'a sandbox of its own needs a link')
          if (joined.link.placed === true)
            assert.ok((await sandbox.links()).includes('eth7'), 'the link is not in the sandbox')
          else
            assert.ok(
              (await fixtures.hostLinks()).includes(joined.link.source),
              `${joined.link.source} is not on the host`,
            )
          assert.equal(joined.gateway, request.ipv4[0]?.gateway?.split('/')[0])
        }
        await driver.leave(which)
        await driver.leave(which)
        await driver.deleteEndpoint(which)
        await eventually(15_000, 'the links of the endpoint are gone', async () => {
          const left = await fixtures.hostLinks()
          return left.every((link) => before.includes(link))
        })
        assert.ok(!(await sandbox.links()).includes('eth7'))
      } finally {
        await sandbox.close()
      }
    })
  },
})

book.prove({
  id: 'links-of-a-network',
  methods: ['createNetwork', 'deleteNetwork'],
  title: 'a network that is deleted leaves no link on the host',
  needs: ['hostLinks'],
  async run({ driver, fixtures }) {
    const before = await fixtures.hostLinks()
    await inNetwork({ driver, fixtures }, async () => undefined)
    await eventually(15_000, 'the links of the network are gone', async () =>
      (await fixtures.hostLinks()).every((link) => before.includes(link)),
    )
  },
})

book.prove({
  id: 'ports',
  methods: ['programExternal', 'revokeExternal'],
  title:
    'a published port is told, told again when asked again, refused to another, and free after it was revoked, or it ' +
    'is not supported',
  needs: ['sandbox'],
  async run({ driver, fixtures }) {
    if (((await driver.capabilities({})).sandbox ?? 'own') !== 'own') return
    await inNetwork({ driver, fixtures }, async ({ request, endpoint, addEndpoint }) => {
      const sandboxes = [await fixtures.sandbox(), await fixtures.sandbox()]
      const { networkId } = request
      const publish = async (sandboxKey: string, hostPort: number) => {
        const binding = { protocol: 'tcp' as const, containerPort: 80, hostPort }
        const made = { ...endpoint(), portBindings: [binding] }
        await addEndpoint(made)
        const which = { networkId, endpointId: made.endpointId }
        await driver.join({ ...which, sandboxKey, options: {} })
        return {
          which,
          program: () => driver.programExternal({ ...which, options: { 'com.docker.network.portmap': [binding] } }),
        }
      }
      try {
        const first = await publish(sandboxes[0]?.key ?? '', 0)
        const published = await orNotSupported(first.program())
        if (published === undefined) return
        const { ports } = published
        const chosen = ports[0]?.hostPort ?? 0
        assert.ok(
          chosen > 0 && ports.every((port) => port.containerPort === 80 && port.hostPort === chosen),
          JSON.stringify(ports),
        )
        assert.deepEqual((await first.program()).ports, ports)
        const second = await publish(sandboxes[1]?.key ?? '', chosen)
        await failsWith('PORT_IN_USE', second.program())
        await driver.revokeExternal(first.which)
        await driver.revokeExternal(first.which)
        assert.equal((await second.program()).ports[0]?.hostPort, chosen)
        for (const { which } of [first, second]) await driver.leave(which)
      } finally {
        for (const sandbox of sandboxes) await sandbox.close()
      }
    })
  },
})

book.prove({
  id: 'names',
  methods: ['publishNames', 'join'],
  title:
    'names that were published are answered with their addresses, to those whom they are for, later ones replace ' +
    'them, or it is not supported',
  needs: ['sandbox'],
  async run({ driver, fixtures }) {
    const { names: answers } = await driver.capabilities({})
    await inNetwork({ driver, fixtures }, async ({ request, endpoint, addEndpoint }) => {
      const { networkId } = request
      const made = endpoint()
      await addEndpoint(made)
      const { endpointId } = made
      const publish = (names: string[], addresses: string[]) =>
        driver.publishNames({ networkId, names: [{ endpointId, names, addresses }], upstream: [] })
      if (answers !== true) return failsWith('NOT_SUPPORTED', publish(['a'], ['198.18.0.1']))
      const sandbox = await fixtures.sandbox()
      try {
        const { nameServers } = await driver.join({ networkId, endpointId, sandboxKey: sandbox.key, options: {} })
        const resolver = new Resolver({ timeout: 1_000, tries: 2 })
        resolver.setServers([...(nameServers ?? [])])
        await publish(['web', 'WEB-alias'], ['198.18.0.7', '198.18.0.8'])
        assert.deepEqual((await resolver.resolve4('web')).toSorted(), ['198.18.0.7', '198.18.0.8'])
        assert.deepEqual((await resolver.resolve4('web-ALIAS')).toSorted(), ['198.18.0.7', '198.18.0.8'])
        await publish(['other'], ['198.18.0.9'])
        assert.deepEqual(await resolver.resolve4('other'), ['198.18.0.9'])
        await assert.rejects(resolver.resolve4('web'), { code: 'ENOTFOUND' })
        const others = { endpointId, names: ['for-others'], addresses: ['198.18.0.9'], askers: ['198.18.0.10'] }
        await driver.publishNames({ networkId, names: [others], upstream: [] })
        await assert.rejects(resolver.resolve4('for-others'), { code: 'ENOTFOUND' })
        await driver.leave({ networkId, endpointId })
      } finally {
        await sandbox.close()
      }
    })
  },
})

book.prove({
  id: 'cluster-methods',
  methods: ['allocateNetwork', 'freeNetwork', 'checkGateway', 'discover'],
  title: 'what only drivers of a cluster do is done or answered with NOT_SUPPORTED',
  async run({ driver }) {
    const networkId = freshName('cluster')
    const { scope, gatewayCheck } = await driver.capabilities({})
    const { codes } = await outcomes<unknown>([
      driver.allocateNetwork({ networkId, options: {}, ipv4: [], ipv6: [] }),
      driver.freeNetwork({ networkId }),
      driver.discover({ added: true, kind: 1, data: {} }),
    ])
    assert.ok(
      codes.every((code) => code === 'NOT_SUPPORTED'),
      codes.join(', '),
    )
    if (scope === 'local') assert.ok(codes.length >= 2, 'a driver of this host alone cannot allocate networks')
    if (gatewayCheck === true) assert.equal(typeof (await driver.checkGateway({ options: {} })).skipIpv4, 'boolean')
    else await failsWith('NOT_SUPPORTED', driver.checkGateway({ options: {} }))
  },
})

book.prove({
  id: 'restart-keeps',
  methods: ['createNetwork', 'endpointInfo', 'programExternal', 'leave', 'deleteEndpoint', 'deleteNetwork'],
  title: 'after a restart and the same createNetwork, endpoints are there still and everything can be taken down',
  needs: ['restart', 'sandbox'],
  async run(subject) {
    const own = ((await subject.driver.capabilities({})).sandbox ?? 'own') === 'own'
    const sandbox = await subject.fixtures.sandbox()
    try {
      await inNetwork(subject, async ({ request, endpoint, addEndpoint }) => {
        const binding = { protocol: 'tcp' as const, containerPort: 80, hostPort: 0 }
        const made = { ...endpoint(), ...(own ? { portBindings: [binding] } : {}) }
        const which = { networkId: request.networkId, endpointId: made.endpointId }
        await addEndpoint(made)
        await subject.driver.join({ ...which, sandboxKey: sandbox.key, options: {} })
        const program = () =>
          subject.driver.programExternal({ ...which, options: own ? { 'com.docker.network.portmap': [binding] } : {} })
        const before = await orNotSupported(program())
        await subject.restart()
        const { driver } = subject
        await driver.createNetwork(request)
        if (own) {
          await driver.endpointInfo(which)
          assert.deepEqual(await orNotSupported(program()), before)
        }
        await orNotSupported(driver.revokeExternal(which))
        await driver.leave(which)
        await driver.deleteEndpoint(which)
        await driver.deleteNetwork({ networkId: request.networkId })
      })
    } finally {
      await sandbox.close()
    }
  },
})

/** Undefined for what a driver may leave out and does not do. */
async function orNotSupported<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (hasCode(error, 'NOT_SUPPORTED')) return undefined
    throw error
  }
}
