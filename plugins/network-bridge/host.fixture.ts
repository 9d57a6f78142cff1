import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger, RequestOf, networkDriver } from '@moby/contracts'
import { createNetworkNamespace, deleteNetworkNamespace, RouteSocket, withNetworkNamespace } from '@moby/lib-linux'
import { BridgeDriver, type BridgeDriverOptions } from './bridge-driver.ts'

/** A network for tests: 10.x.0.0/24 with its gateway. */
export function networkRequest(
  number: number,
  more: Partial<RequestOf<typeof networkDriver, 'createNetwork'>> = {},
): RequestOf<typeof networkDriver, 'createNetwork'> {
  return {
    networkId: `network-${number}`,
    name: `net${number}`,
    options: {},
    internal: false,
    enableIpv4: true,
    enableIpv6: false,
    ipv4: [{ addressSpace: 'LocalDefault', pool: `10.${number}.0.0/24`, gateway: `10.${number}.0.1/24` }],
    ipv6: [],
    ...more,
  }
}

/** A published port, by which options of an endpoint tell it. */
export const tcp = (containerPort: number, more: object = {}) => ({ protocol: 'tcp' as const, containerPort, ...more })
export const ports = (...bindings: object[]) => ({ 'com.docker.network.portmap': bindings })

/** A namespace that plays the host, and others that play containers. Nothing of the machine's network is touched. */
export class TestHost {
  readonly folder = mkdtempSync('/tmp/nb-')
  readonly path = join(this.folder, 'host')
  readonly instanceId = randomBytes(4).toString('hex')
  readonly warnings: string[] = []
  readonly degradations: (string | undefined)[] = []
  readonly #namespaces = [this.path]
  readonly #children: ChildProcess[] = []
  readonly #drivers: BridgeDriver[] = []

  constructor() {
    createNetworkNamespace(this.path)
    mkdirSync(join(this.folder, 'data'))
    mkdirSync(join(this.folder, 'run'))
  }

  readonly log: Logger = {
    debug: () => undefined,
    info: () => undefined,
    warn: (message, fields) => this.warnings.push(`${message} ${JSON.stringify(fields)}`),
    error: (message, fields) => this.warnings.push(`${message} ${JSON.stringify(fields)}`),
  }

  async driver(more: Partial<BridgeDriverOptions> = {}): Promise<BridgeDriver> {
    const driver = await BridgeDriver.open({ ...this.options(), ...more })
    this.#drivers.push(driver)
    return driver
  }

  /** Another machine on a link to the host: 192.0.2.2, host 192.0.2.1. The path of its namespace. */
  addNeighbour(): string {
    const path = this.namespace('neighbour')
    const route = RouteSocket.open(this.path)
    const inside = RouteSocket.open(path)
    const wire = route.createVeth('wire', 'eth0', { up: true, peer: { namespacePath: path } })
    const index = inside.linkByName('eth0')?.index ?? 0
    route.addAddress(wire, '192.0.2.1/24')
    route.addAddress(wire, 'fd00:2::1/64')
    inside.addAddress(index, '192.0.2.2/24')
    inside.addAddress(index, 'fd00:2::2/64')
    inside.setUp(index)
    inside.addRoute({ destination: '10.0.0.0/8', gateway: '192.0.2.1' })
    route.close()
    inside.close()
    return path
  }

  /** Names of the bridges of the host. */
  bridgeNames(): string[] {
    const route = RouteSocket.open(this.path)
    const names = route
      .links()
      .filter((link) => link.kind === 'bridge')
      .map((link) => link.name)
    route.close()
    return names
  }

  options(): BridgeDriverOptions {
    return {
      instanceId: this.instanceId,
      data: join(this.folder, 'data'),
      run: join(this.folder, 'run'),
      firewall: 'nftables',
      log: this.log,
      degraded: (reason) => this.degradations.push(reason),
      hostNamespace: this.path,
    }
  }

  /** A namespace of its own, as a sandbox or as a neighbour of the host. */
  namespace(name: string): string {
    const path = join(this.folder, name)
    createNetworkNamespace(path)
    this.#namespaces.push(path)
    return path
  }

  /** What the engine does to start a container on a network. Answers the sandbox. */
  async connect(driver: BridgeDriver, number: number, host: number, more: { name?: string } = {}) {
    const name = more.name ?? `box-${number}-${host}`
    const sandboxKey = this.namespace(name)
    const which = { networkId: `network-${number}`, endpointId: name }
    const address = `10.${number}.0.${host}/24`
    await driver.api.createEndpoint({
      ...which,
      interface: { address },
      exposedPorts: [],
      portBindings: [],
      options: {},
    })
    const joined = await driver.api.join({ ...which, sandboxKey, interfaceName: 'eth0', options: {} })
    const inside = RouteSocket.open(sandboxKey)
    const index = inside.linkByName('eth0')?.index ?? 0
    inside.addAddress(index, address)
    inside.setUp(index)
    if (joined.gateway !== undefined) inside.addRoute({ destination: '0.0.0.0/0', gateway: joined.gateway })
    inside.close()
    return { ...which, sandboxKey, joined, address: address.replace('/24', '') }
  }

  /** Runs a command to its end in a namespace and answers what it printed; its failure throws. */
  run(path: string, command: string, ...words: string[]): string {
    return withNetworkNamespace(path, () =>
      execFileSync(command, words, { encoding: 'utf8', stdio: 'pipe', timeout: 40_000 }),
    )
  }

  /** A server in a namespace that answers each TCP connection with a text. */
  serve(path: string, port: number, text: string): void {
    this.start(path, 'busybox', 'nc', '-ll', '-p', String(port), '-e', '/bin/busybox', 'echo', text)
  }

  start(path: string, command: string, ...words: string[]): ChildProcess {
    const child = withNetworkNamespace(path, () => spawn(command, words, { stdio: 'ignore' }))
    this.#children.push(child)
    return child
  }

  /** What a server says, or `nothing`. A server that is still starting, or slow to answer, is waited for. */
  async ask(path: string, address: string, port: number): Promise<string> {
    const end = performance.now() + 15_000
    for (;;) {
      const answer = this.askOnce(path, address, port)
      if (answer !== 'nothing' || performance.now() > end) return answer
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  /** The same, asked once: for a server that is there, and must not be reached. */
  askOnce(path: string, address: string, port: number): string {
    try {
      return this.run(path, 'busybox', 'nc', '-w', '1', address, String(port)).trim() || 'nothing'
    } catch {
      return 'nothing'
    }
  }

  async remove(): Promise<void> {
    for (const driver of this.#drivers) await driver.stop('stop-containers').catch(() => undefined)
    for (const child of this.#children) child.kill('SIGKILL')
    for (const path of this.#namespaces) deleteNetworkNamespace(path)
    rmSync(this.folder, { recursive: true, force: true })
  }
}
