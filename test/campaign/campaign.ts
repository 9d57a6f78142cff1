import { setTimeout as sleep } from 'node:timers/promises'
import { makeBusyboxImage } from '../../core/setup/busybox-image.ts'
import { EngineProcess } from '../e2e/engine-process.ts'
import { instanceId, nothingLeft, readFootprint } from '../e2e/footprint.ts'
import { Calls } from './calls.ts'
import { checkContainers } from './check-containers.ts'
import { checkObjects, settleObjects } from './check-objects.ts'
import { Client } from './client.ts'
import { added, fileKinds, keepers, openFiles, sandboxes, stateKeys } from './leftovers.ts'
import { Random } from './random.ts'

export interface CampaignOptions {
  readonly seed: number
  /** Times that clients work, the engine ends, and everything is checked. */
  readonly rounds: number
  readonly clients?: number
  /** How often in a row the engine may be ended before it is checked; 4 unless given. */
  readonly deepest?: number
  readonly tell?: (line: string) => void
}

export interface CampaignResult {
  readonly kills: number
  readonly problems: readonly string[]
  /** Left in place for whoever looks into a problem; gone when there is none. */
  readonly dataRoot: string
}

/** Milliseconds in which an engine comes to rest; it takes one, if the host is not busy. */
const restMs = 45_000
const preparedSandboxes = 4

/** Lets clients loose on an engine that is killed again and again, and holds it against what it acknowledged. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const campaign = new Campaign(options)
  return campaign.run()
}

class Campaign {
  readonly #options: CampaignOptions
  readonly #random: Random
  readonly #problems: string[] = []
  #kills = 0
  #round = 0

  constructor(options: CampaignOptions) {
    this.#options = options
    this.#random = new Random(options.seed)
  }

  async run(): Promise<CampaignResult> {
    const { rounds } = this.#options
    const engine = await EngineProcess.start()
    await engine.loadBusybox()
    const calls = new Calls(engine, (problem) => this.#report(problem))
    await this.#warmUp(calls)
    const before = await this.#atRest(engine)
    await engine.start()
    const clients = await this.#makeClients(calls)
    for (this.#round = 1; this.#round <= rounds; this.#round += 1) {
      await this.#fight(engine, clients, this.#options.deepest ?? 4)
      await this.#check(engine, calls, clients)
    }
    for (const client of clients) await client.clear()
    await this.#settleDown(engine, calls, before)
    const { dataRoot } = engine
    if (this.#problems.length === 0) {
      const footprint = await engine.destroy()
      if (JSON.stringify(footprint) !== JSON.stringify(nothingLeft)) this.#report(JSON.stringify(footprint))
    }
    return { kills: this.#kills, problems: this.#problems, dataRoot }
  }

  /** What an engine makes once and keeps is no leftover. */
  async #warmUp(calls: Calls): Promise<void> {
    await calls.send('POST', '/networks/create', { Name: 'warm' })
    const body = { Image: 'busybox:latest', Cmd: ['sleep', '100'], HostConfig: { NetworkMode: 'warm' } }
    await calls.send('POST', '/containers/create?name=warm', body)
    await calls.send('POST', '/containers/warm/start')
    await calls.send('DELETE', '/containers/warm?force=1')
    await calls.send('DELETE', '/networks/warm')
  }

  async #makeClients(calls: Calls): Promise<Client[]> {
    const { seed, clients = 3 } = this.#options
    return Promise.all(
      Array.from({ length: clients }, async (_, index) => {
        const name = `c${index}`
        const files = { 'etc/campaign': String(seed) }
        const { archive } = await makeBusyboxImage({ reference: `loaded-${name}:1`, files })
        const firstPort = 21_000 + index * 1000 + (seed % 7) * 100
        return new Client({ name, random: new Random(seed * 31 + index), calls, archive, firstPort })
      }),
    )
  }

  /** Clients work until the engine ends; in most rounds it is killed, also while it boots. */
  async #fight(engine: EngineProcess, clients: readonly Client[], times: number): Promise<void> {
    const over = new AbortController()
    const work = Promise.all(clients.map((client) => client.run(over.signal)))
    await sleep(this.#random.between(150, 2500))
    if (this.#random.chance(0.15)) await engine.stop()
    else {
      this.#kills += 1
      await engine.kill()
    }
    over.abort()
    await work
    while (this.#random.chance(0.4)) {
      const starting = engine.start().catch(() => undefined)
      await sleep(this.#random.between(50, 1200))
      this.#kills += 1
      await engine.kill()
      await starting
    }
    if (this.#random.chance(0.3)) await sleep(this.#random.between(100, 1500))
    await engine.start()
    if (times > 1 && this.#random.chance(0.4)) await this.#fight(engine, clients, times - 1)
  }

  /** What disagrees may come right within a while, since containers are taken up in the background. */
  async #check(engine: EngineProcess, calls: Calls, clients: readonly Client[]): Promise<void> {
    const instance = await instanceId(engine.dataRoot)
    const models = clients.map(({ model }) => model)
    const containers = models.flatMap((model) => [...model.containers.values()])
    const deadline = Date.now() + restMs
    for (;;) {
      const problems = [...(await checkContainers(calls, instance, containers)), ...(await checkObjects(calls, models))]
      if (problems.length === 0 || Date.now() > deadline) {
        for (const problem of problems) this.#report(problem)
        break
      }
      await sleep(200)
    }
    await settleObjects(calls, models)
    for (const model of models) {
      for (const container of model.living()) if (container.statuses.length > 1) container.starts = 0
    }
  }

  /** With nothing of the clients left, the engine is as it was before them; and without it, so is the host. */
  async #settleDown(
    engine: EngineProcess,
    calls: Calls,
    before: { files: string[]; keys: string[]; open: string[] },
  ): Promise<void> {
    for (const kind of ['containers/json?all=1', 'networks', 'volumes']) {
      const left = await calls.read<{ Id?: string; Name?: string; Volumes?: { Name: string }[] }[]>(`/${kind}`)
      for (const { Id } of kind.startsWith('containers') ? (left ?? []) : []) {
        await calls.send('DELETE', `/containers/${Id}?force=1&v=1`)
      }
    }
    const volumes = await calls.read<{ Volumes: { Name: string }[] | null }>('/volumes')
    for (const { Name } of volumes?.Volumes ?? []) await calls.send('DELETE', `/volumes/${Name}`)
    const deadline = Date.now() + restMs
    for (;;) {
      const held = await keepers(engine.dataRoot)
      const namespaces = await sandboxes(engine.dataRoot)
      if (held.length === 0 && namespaces <= preparedSandboxes) break
      if (Date.now() > deadline) {
        this.#report(`keepers: ${held.join(', ')}; ${namespaces} network namespaces`)
        break
      }
      await sleep(100)
    }
    const after = await this.#atRest(engine)
    const open = added(before.open, after.open).filter((target) => !target.startsWith('socket:'))
    if (open.length > 3) this.#report(`open files: ${open.join(', ')}`)
    for (const key of added(before.keys, after.keys)) this.#report(`state key ${key} is of nobody`)
    for (const file of added(before.files, after.files)) this.#report(`file ${file} is of nobody`)
    const footprint = await readFootprint(engine.dataRoot, await instanceId(engine.dataRoot))
    if (footprint.mounts.length > 0) this.#report(`mounts of an engine at rest: ${footprint.mounts.join(', ')}`)
  }

  /** Files, state and descriptors of an engine that has nothing to do; it is stopped afterwards. */
  async #atRest(engine: EngineProcess): Promise<{ files: string[]; keys: string[]; open: string[] }> {
    const open = await openFiles(engine.pid)
    await engine.stop()
    const files = await fileKinds(engine.dataRoot)
    return { files, keys: stateKeys(engine.dataRoot), open }
  }

  #report(problem: string): void {
    this.#problems.push(`round ${this.#round}: ${problem}`)
    this.#options.tell?.(`seed ${this.#options.seed} round ${this.#round}: ${problem}`)
  }
}
