import { setTimeout as sleep } from 'node:timers/promises'
import { isDone, type Calls } from './calls.ts'
import { containerBody } from './container-spec.ts'
import { doubt, doubtAll, perform, verbs, type Verb } from './container-verbs.ts'
import { isCertain, Model, type ContainerModel, type Kind, type Presence } from './model.ts'
import type { Random } from './random.ts'

const kinds: readonly Kind[] = ['sleeper', 'polite', 'brief', 'brief', 'stubborn', 'failing', 'web', 'web', 'broken']
const mostContainers = 6
const mostNetworks = 3

/** One user of the engine, who does random things to objects of its own, one after another. */
export class Client {
  readonly model = new Model()
  readonly #name: string
  readonly #random: Random
  readonly #calls: Calls
  readonly #archive: Uint8Array
  readonly #firstPort: number
  #made = 0

  constructor(parts: { name: string; random: Random; calls: Calls; archive: Uint8Array; firstPort: number }) {
    this.#name = parts.name
    this.#random = parts.random
    this.#calls = parts.calls
    this.#archive = parts.archive
    this.#firstPort = parts.firstPort
  }

  /** Goes on until it is told to stop; the request under way is always waited for. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#act()
      await sleep(this.#random.between(0, 40))
    }
  }

  /** Removes all that it made. */
  async clear(): Promise<void> {
    for (const { id } of this.model.living()) await this.#calls.send('DELETE', `/containers/${id}?force=1&v=1`)
    for (const name of this.model.networks.keys()) await this.#calls.send('DELETE', `/networks/${name}`)
    for (const name of this.model.volumes.keys()) await this.#calls.send('DELETE', `/volumes/${name}`)
    for (const tag of this.model.tags.keys()) await this.#calls.send('DELETE', `/images/${tag}`)
  }

  async #act(): Promise<void> {
    const living = this.model.living()
    const roll = this.#random.next()
    if (living.length === 0 || (roll < 0.2 && living.length < mostContainers)) return this.#create()
    const container = this.#random.pick(living)
    if (roll < 0.62) return this.#useVerb(container)
    if (roll < 0.67) return this.#duel(container)
    if (roll < 0.72) return this.#rename(container)
    if (roll < 0.77) return this.#exec(container)
    if (roll < 0.87) return this.#network(container)
    if (roll < 0.93) return this.#toggle(this.model.volumes, `volume-${this.#name}`, '/volumes/create', '/volumes/')
    return this.#image()
  }

  async #create(): Promise<void> {
    this.#made += 1
    const kind = this.#random.pick(kinds)
    const name = `${this.#name}-${this.#made}`
    const wish = {
      kind,
      token: name,
      exitCode: this.#random.between(0, 60),
      autoRemove: ['sleeper', 'brief', 'web'].includes(kind) && this.#random.chance(0.25),
      port: this.#random.chance(0.5) ? this.#firstPort + this.#made : 0,
      volume: this.#random.chance(0.2) ? `data-${this.#name}` : undefined,
      anonymousVolume: this.#random.chance(0.2),
    }
    const answer = await this.#calls.send('POST', `/containers/create?name=${name}`, containerBody(wish))
    if (answer === undefined) return
    if (answer.status !== 201) return this.#calls.report(`create ${name} answered ${answer.status}: ${answer.body}`)
    const { Id: id } = JSON.parse(answer.body) as { Id: string }
    const container: ContainerModel = {
      id,
      kind,
      token: name,
      autoRemove: wish.autoRemove,
      exitCode: wish.exitCode,
      presence: 'there',
      names: [name],
      statuses: ['created'],
      exitCodes: [],
      endingUntil: 0,
      starts: 0,
      startsInDoubt: false,
      networks: new Map(),
    }
    this.model.containers.set(id, container)
    if (this.#random.chance(0.8)) await this.#perform(container, 'start')
  }

  async #useVerb(container: ContainerModel): Promise<void> {
    const [status] = container.statuses
    const fitting = verbs.filter(({ from }) => !isCertain(container) || (status !== undefined && from.includes(status)))
    const likely = fitting.filter(({ name }) => name !== 'remove' || this.#random.chance(0.4))
    const verb = this.#random.pick(likely.length > 0 ? likely : fitting)
    await this.#perform(container, verb.name)
  }

  async #perform(container: ContainerModel, name: string): Promise<void> {
    const verb = verbs.find((known) => known.name === name)
    if (verb === undefined) throw new Error(`There is no verb ${name}`)
    if (container.kind === 'broken' && (name === 'start' || name === 'restart'))
      return this.#startBroken(container, verb)
    await perform(this.#calls, container, verb)
  }

  async #startBroken(container: ContainerModel, verb: Verb): Promise<void> {
    const { method, path } = verb.request(container)
    const answer = await this.#calls.send(method, path)
    if (isDone(answer)) this.#calls.report(`${verb.name} of a container without program was acknowledged`)
  }

  /** Two requests on one container at once: any order is right, but none may break anything. */
  async #duel(container: ContainerModel): Promise<void> {
    if (container.kind === 'broken') return
    const pair = [this.#random.pick(verbs), this.#random.pick(verbs)]
    for (const verb of pair) doubt(container, verb)
    await Promise.all(
      pair.map(async (verb) => {
        const { method, path } = verb.request(container)
        const answer = await this.#calls.send(method, path)
        if (verb.name === 'remove' && isDone(answer)) container.presence = 'gone'
      }),
    )
    doubtAll(container)
  }

  async #rename(container: ContainerModel): Promise<void> {
    this.#made += 1
    const name = `${this.#name}-r${this.#made}`
    const before = container.names
    container.names = [...before, name]
    const answer = await this.#calls.send('POST', `/containers/${container.id}/rename?name=${name}`)
    if (answer === undefined) return
    container.names = isDone(answer) ? [name] : before
    if (!isDone(answer) && isCertain(container) && !container.autoRemove) {
      this.#calls.report(`rename of ${before.join()} answered ${answer.status}: ${answer.body}`)
    }
  }

  async #exec(container: ContainerModel): Promise<void> {
    const isSteady =
      ['sleeper', 'polite', 'stubborn', 'web'].includes(container.kind) && container.statuses[0] === 'running'
    if (!isCertain(container) || !isSteady) return
    if (this.#random.chance(0.3)) return this.#execAside(container)
    const code = this.#random.between(0, 100)
    const made = await this.#calls.send('POST', `/containers/${container.id}/exec`, {
      Cmd: ['sh', '-c', `echo said; exit ${code}`],
      AttachStdout: true,
    })
    if (made === undefined) return
    if (made.status !== 201)
      return this.#calls.report(`exec in ${container.kind} answered ${made.status}: ${made.body}`)
    const { Id: id } = JSON.parse(made.body) as { Id: string }
    const answer = await this.#calls.send('POST', `/exec/${id}/start`, { Detach: false, Tty: false })
    if (answer === undefined) return
    const state = await this.#calls.read<{ ExitCode: number | null; Running: boolean }>(`/exec/${id}/json`)
    if (state === undefined) return
    if (!answer.body.includes('said') || state.ExitCode !== code) {
      this.#calls.report(`exec that exits ${code} said ${JSON.stringify(answer.body)} and ${JSON.stringify(state)}`)
    }
  }

  /** A process that goes on beside the container's own for as long as that lives. */
  async #execAside(container: ContainerModel): Promise<void> {
    const body = { Cmd: ['sleep', '1000'], AttachStdout: true, AttachStderr: true }
    const made = await this.#calls.send('POST', `/containers/${container.id}/exec`, body)
    if (made?.status !== 201) return
    const { Id: id } = JSON.parse(made.body) as { Id: string }
    await this.#calls.send('POST', `/exec/${id}/start`, { Detach: true })
  }

  async #network(container: ContainerModel): Promise<void> {
    const name = `net-${this.#name}-${this.#random.between(0, mostNetworks)}`
    const networks = this.model.networks
    if (networks.get(name) !== 'there') {
      return this.#toggle(networks, name, '/networks/create', '/networks/')
    }
    const users = this.model.living().filter((user) => (user.networks.get(name) ?? 'gone') !== 'gone')
    if (users.length === 0 && this.#random.chance(0.4)) {
      return this.#toggle(networks, name, '/networks/create', '/networks/')
    }
    if (container.kind === 'failing' || container.kind === 'brief') return
    const isOn = (container.networks.get(name) ?? 'gone') !== 'gone'
    const was = container.networks.get(name) ?? 'gone'
    container.networks.set(name, 'unknown')
    const verb = isOn ? 'disconnect' : 'connect'
    const answer = await this.#calls.send('POST', `/networks/${name}/${verb}`, { Container: container.id })
    if (answer === undefined) return
    if (isDone(answer)) container.networks.set(name, isOn ? 'gone' : 'there')
    else {
      if (was !== 'unknown') container.networks.set(name, was)
      if (isCertain(container) && was !== 'unknown' && !container.autoRemove) {
        this.#calls.report(`${verb} ${name} of a ${container.statuses.join()} ${container.kind}: ${answer.body}`)
      }
    }
  }

  /** Makes what is not there, and removes what is. */
  async #toggle(all: Map<string, Presence>, name: string, create: string, remove: string): Promise<void> {
    const was = all.get(name) ?? 'gone'
    const wanted: Presence = was === 'gone' ? 'there' : 'gone'
    all.set(name, 'unknown')
    const answer = await (wanted === 'there'
      ? this.#calls.send('POST', create, { Name: name })
      : this.#calls.send('DELETE', `${remove}${name}`))
    if (answer === undefined) return
    if (isDone(answer)) all.set(name, wanted)
    else if (was !== 'unknown') {
      all.set(name, was)
      this.#calls.report(`${name}, ${was}, is to be ${wanted}: ${answer.status} ${answer.body}`)
    } else if (answer.status === 404) all.set(name, 'gone')
  }

  async #image(): Promise<void> {
    const tags = this.model.tags
    if (this.#random.chance(0.3)) {
      const tag = `loaded-${this.#name}:1`
      if (tags.get(tag) === 'there') return this.#untag(tag)
      tags.set(tag, 'unknown')
      const answer = await this.#calls.send('POST', '/images/load?quiet=1', this.#archive)
      if (isDone(answer)) tags.set(tag, 'there')
      return
    }
    const number = this.#random.between(0, 3)
    const tag = `tag-${this.#name}:${number}`
    if (tags.get(tag) === 'there') return this.#untag(tag)
    tags.set(tag, 'unknown')
    const answer = await this.#calls.send('POST', `/images/busybox:latest/tag?repo=tag-${this.#name}&tag=${number}`)
    if (isDone(answer)) tags.set(tag, 'there')
    else if (answer !== undefined) this.#calls.report(`tag ${tag} answered ${answer.status}: ${answer.body}`)
  }

  async #untag(tag: string): Promise<void> {
    this.model.tags.set(tag, 'unknown')
    const answer = await this.#calls.send('DELETE', `/images/${tag}`)
    if (isDone(answer)) this.model.tags.set(tag, 'gone')
    else if (answer !== undefined) this.#calls.report(`untag ${tag} answered ${answer.status}: ${answer.body}`)
  }
}
