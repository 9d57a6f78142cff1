import type { Calls } from './calls.ts'
import { countLinks, cgroupsOfContainers, isFrozen, processesIn } from './host.ts'
import type { ContainerModel } from './model.ts'

interface Listed {
  readonly Id: string
  readonly Names: readonly string[]
}

interface Inspected {
  readonly Id: string
  readonly State: { readonly Status: string; readonly Pid: number; readonly ExitCode: number }
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>>
    readonly Ports: Readonly<Record<string, readonly { readonly HostIp: string; readonly HostPort: string }[] | null>>
  }
}

/** What disagrees between expectations, API and host for the containers; expectations in doubt take what is there. */
export async function checkContainers(
  calls: Calls,
  instance: string,
  expected: readonly ContainerModel[],
): Promise<string[]> {
  const problems: string[] = []
  const listed = (await calls.read<Listed[]>('/containers/json?all=1')) ?? []
  const known = new Map(expected.map((container) => [container.id, container]))
  const addresses = new Map<string, string>()
  const alive = new Set<string>()
  for (const { Id: id, Names: names } of listed) {
    const model = known.get(id)
    // A creation whose answer nobody got is a container as well.
    if (model === undefined) await calls.send('DELETE', `/containers/${id}?force=1&v=1`)
    else if (model.presence === 'gone') problems.push(`${names.join()} (${model.kind}) came back`)
  }
  for (const model of expected) {
    const state = await calls.read<Inspected>(`/containers/${model.id}/json`)
    if (state === undefined) {
      if (model.presence === 'there' && !(model.autoRemove && model.endingUntil > 0))
        problems.push(`${model.names.join()} (${model.kind}) is lost`)
      continue
    }
    if (model.presence === 'gone') continue
    const names = listed.find(({ Id }) => Id === model.id)?.Names ?? []
    if (!names.some((name) => model.names.includes(name.slice(1)))) {
      problems.push(`${model.names.join()} is called ${names.join()}`)
    }
    if (state.State.Pid > 0) alive.add(model.id)
    problems.push(...(await checkOne(calls, instance, model, state, addresses)))
  }
  for (const id of await cgroupsOfContainers(instance)) {
    if (!alive.has(id)) problems.push(`cgroup of ${known.get(id)?.kind ?? 'nobody'} ${id.slice(0, 12)} without process`)
  }
  return problems
}

async function checkOne(
  calls: Calls,
  instance: string,
  model: ContainerModel,
  state: Inspected,
  addresses: Map<string, string>,
): Promise<string[]> {
  const problems: string[] = []
  const { Status: status, Pid: pid, ExitCode: exitCode } = state.State
  const title = `${model.names.join()} (${model.kind}${model.autoRemove ? ', --rm' : ''})`
  const isLive = status === 'running' || status === 'paused'
  const isCycling = model.kind === 'failing'
  const mayEnd = model.endingUntil > 0 && status === 'exited'
  if (!isCycling && !mayEnd && !(model.statuses as readonly string[]).includes(status)) {
    problems.push(`${title} is ${status}, not ${model.statuses.join(' or ')}`)
  }
  if (model.autoRemove && status === 'exited') problems.push(`${title} has ended and is still there`)
  if (status === 'exited' && !mayEnd && model.exitCodes.length > 0 && !model.exitCodes.includes(exitCode)) {
    problems.push(`${title} ended with ${exitCode}, not ${model.exitCodes.join(' or ')}`)
  }
  if (isCycling) return problems
  const processes = await processesIn(instance, model.id)
  if (isLive !== processes.includes(pid))
    problems.push(`${title} is ${status} with pid ${pid} among ${processes.join()}`)
  const connected = Object.entries(state.NetworkSettings.Networks)
  for (const [name, presence] of model.networks) {
    const isOn = connected.some(([network]) => network === name)
    if (presence !== 'unknown' && isOn !== (presence === 'there'))
      problems.push(`${title} is ${isOn ? '' : 'not '}on ${name}`)
  }
  if (status === 'exited' && model.kind === 'brief') problems.push(...(await checkLog(calls, model, title)))
  if (!isLive) return problems
  if ((await isFrozen(instance, model.id)) !== (status === 'paused'))
    problems.push(`${title} is ${status} and the freezer disagrees`)
  for (const [network, { IPAddress: address }] of connected) {
    if (address === '') problems.push(`${title} has no address on ${network}`)
    const holder = addresses.get(`${network} ${address}`)
    if (holder !== undefined) problems.push(`${title} and ${holder} share ${address}`)
    addresses.set(`${network} ${address}`, title)
  }
  const links = await countLinks(pid)
  if (links !== connected.length) problems.push(`${title} has ${links} links for ${connected.length} networks`)
  if (model.kind === 'web' && status === 'running') problems.push(...(await checkPorts(model, state, title)))
  return problems
}

async function checkPorts(model: ContainerModel, state: Inspected, title: string): Promise<string[]> {
  const ports = (state.NetworkSettings.Ports['80/tcp'] ?? []).filter(({ HostIp }) => !HostIp.includes(':'))
  if (ports.length === 0) return [`${title} publishes nothing`]
  const problems: string[] = []
  for (const { HostPort: port } of ports) {
    const text = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(1500) })
      .then((answer) => answer.text())
      .catch((error: unknown) => String(error))
    if (text.trim() !== model.token) problems.push(`${title} answers ${JSON.stringify(text.trim())} on port ${port}`)
  }
  return problems
}

async function checkLog(calls: Calls, model: ContainerModel, title: string): Promise<string[]> {
  const answer = await calls.send('GET', `/containers/${model.id}/logs?stdout=1`)
  const count = (word: string) => answer?.body.split(`${word} ${model.token}\n`).length ?? 1
  const begun = count('begin') - 1
  const ended = count('end') - 1
  const isRight = model.startsInDoubt ? begun >= model.starts : begun <= model.starts && ended <= begun
  const isWhole = model.startsInDoubt || model.exitCodes.length !== 1 || (begun === model.starts && ended === begun)
  return isRight && isWhole
    ? []
    : [`${title} began ${begun} and ended ${ended} times in its log, of ${model.starts} starts`]
}
