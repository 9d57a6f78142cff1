import type { Calls } from './calls.ts'
import { everyStatus, type Model, type Presence } from './model.ts'

/** What disagrees about networks, volumes and images; expectations in doubt take what is there. */
export async function checkObjects(calls: Calls, models: readonly Model[]): Promise<string[]> {
  const networks = await calls.read<{ Name: string }[]>('/networks')
  const volumes = await calls.read<{ Volumes: { Name: string }[] | null }>('/volumes')
  const images = await calls.read<{ RepoTags: string[] | null }[]>('/images/json')
  const containers = await calls.read<{ Mounts: { Name?: string }[] }[]>('/containers/json?all=1')
  if (networks === undefined || volumes === undefined || images === undefined || containers === undefined) {
    return ['a list had no answer']
  }
  const present = {
    networks: new Set(networks.map(({ Name }) => Name)),
    volumes: new Set((volumes.Volumes ?? []).map(({ Name }) => Name)),
    tags: new Set(images.flatMap(({ RepoTags }) => RepoTags ?? [])),
  }
  const problems: string[] = []
  for (const kind of ['networks', 'volumes', 'tags'] as const) {
    const expected = new Map(models.flatMap((model) => [...model[kind]]))
    problems.push(...compare(kind, expected, present[kind]))
  }
  const used = new Set(containers.flatMap(({ Mounts }) => Mounts.map(({ Name }) => Name)))
  for (const name of present.volumes) {
    if (/^[0-9a-f]{64}$/.test(name) && !used.has(name))
      problems.push(`anonymous volume ${name.slice(0, 12)} is of nobody`)
  }
  if (!present.tags.has('busybox:latest')) problems.push('busybox:latest is lost')
  return problems
}

function compare(kind: string, expected: ReadonlyMap<string, Presence>, present: ReadonlySet<string>): string[] {
  return [...expected].flatMap(([name, presence]) => {
    if (presence === 'there' && !present.has(name)) return [`${kind}: ${name} is lost`]
    if (presence === 'gone' && present.has(name)) return [`${kind}: ${name} came back`]
    return []
  })
}

/** Takes over what the engine says where nobody can know. */
export async function settleObjects(calls: Calls, models: readonly Model[]): Promise<void> {
  const networks = new Set(((await calls.read<{ Name: string }[]>('/networks')) ?? []).map(({ Name }) => Name))
  const listed = await calls.read<{ Volumes: { Name: string }[] | null }>('/volumes')
  const volumes = new Set((listed?.Volumes ?? []).map(({ Name }) => Name))
  const images = (await calls.read<{ RepoTags: string[] | null }[]>('/images/json')) ?? []
  const tags = new Set(images.flatMap(({ RepoTags }) => RepoTags ?? []))
  for (const model of models) {
    settle(model.networks, networks)
    settle(model.volumes, volumes)
    settle(model.tags, tags)
    for (const container of model.living()) {
      const state = await calls.read<{
        Name: string
        State: { Status: string; ExitCode: number }
        NetworkSettings: { Networks: Record<string, unknown> }
      }>(`/containers/${container.id}/json`)
      if (state === undefined) {
        container.presence = 'gone'
        continue
      }
      container.presence = 'there'
      if (Date.now() > container.endingUntil) container.endingUntil = 0
      container.names = [state.Name.slice(1)]
      const status = everyStatus.find((known) => known === state.State.Status)
      if (status !== undefined && container.kind !== 'failing') container.statuses = [status]
      if (status === 'exited') container.exitCodes = [state.State.ExitCode]
      settle(container.networks, new Set(Object.keys(state.NetworkSettings.Networks)))
    }
  }
}

function settle(expected: Map<string, Presence>, present: ReadonlySet<string>): void {
  for (const [name, presence] of expected) {
    if (presence === 'unknown') expected.set(name, present.has(name) ? 'there' : 'gone')
  }
}
