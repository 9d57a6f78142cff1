import { hasCode } from '@moby/contracts'
import { adjustCreate, type AdjustedCreate } from '../../compat/requests.ts'
import { since } from '../../compat/shapes.ts'
import { CreateContainer } from '../../schemas/create-container.ts'
import type { HostConfig } from '../../schemas/host-config.ts'
import type { Handles } from '../../server/handles.ts'
import { json, type Route } from '../../server/route.ts'
import { keepFrontend } from '../../shapes/frontend.ts'
import { completeHostConfig } from '../../translate/complete-host-config.ts'
import { toContainerSpec } from '../../translate/container-spec.ts'
import { hostFacts, type HostFacts } from '../../translate/host-facts.ts'
import { readPlatform } from '../../translate/platform.ts'
import { invalidRequest } from '../../wire/api-error.ts'

export const createContainer: Route = {
  method: 'POST',
  path: '/containers/create',
  async handle({ version, query, json: body, engine, trusted }) {
    const given = await body(CreateContainer)
    if (given === undefined) throw invalidRequest('invalid JSON: got EOF while reading request body')
    const facts = await hostFacts(trusted)
    const adjusted = adjustCreate(version, given, facts)
    const limited = limitSwap(adjusted.hostConfig, facts)
    const resolved = await resolveContainers(completeHostConfig(limited.hostConfig, facts), trusted)
    const hostConfig = await resolveLinks(resolved, trusted)
    const platform = version >= since.createPlatform ? readPlatform(query.text('platform')) : undefined
    const complete: AdjustedCreate = { ...adjusted, hostConfig }
    const name = query.text('name').replace(/^\//, '')
    const { id, warnings } = await engine.containers.create({
      ...(name === '' ? {} : { name }),
      spec: toContainerSpec(complete, platform),
      frontend: keepFrontend(adjusted.config, hostConfig),
    })
    const told = [
      ...mountWarnings(hostConfig),
      ...warnings,
      ...limited.warnings,
      ...adjusted.warnings,
      ...portWarnings(hostConfig),
    ]
    return json({ Id: id, Warnings: told }, 201)
  },
}

/** Docker's words, once for each. */
function mountWarnings({ Mounts = [] }: HostConfig): string[] {
  return Mounts.filter(({ Type }) => Type === 'image').map(() => 'Image mount is an experimental feature')
}

function portWarnings({ NetworkMode, PortBindings = {} }: HostConfig): string[] {
  if (NetworkMode !== 'host' || Object.keys(PortBindings).length === 0) return []
  return ['Published ports are discarded when using host network mode']
}

/** Where the kernel does not count swap, memory is limited without it, and the client is told. */
function limitSwap(given: HostConfig, { limits }: HostFacts): { hostConfig: HostConfig; warnings: string[] } {
  if (limits.swap || !given.Memory || given.MemorySwap === -1) return { hostConfig: given, warnings: [] }
  const warning =
    'Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.'
  return { hostConfig: { ...given, MemorySwap: -1 }, warnings: [warning] }
}

/**
 * On the predefined bridge a link names a container that is there, and is kept by its id: renaming changes nothing. On
 * other networks it is a name, which may come to somebody later.
 */
async function resolveLinks(given: HostConfig, { containers }: Handles): Promise<HostConfig> {
  const isBridge = given.NetworkMode === 'bridge' || given.NetworkMode === 'default'
  if (!isBridge || given.Links === undefined || given.Links.length === 0) return given
  const links: string[] = []
  for (const link of given.Links) {
    const [written = '', alias = written, ...more] = link.split(':')
    const ref = written.replace(/^\//, '')
    if (ref === '' || alias === '' || more.length > 0) throw invalidRequest(`bad format for links: ${link}`)
    try {
      links.push(`${(await containers.inspect({ ref })).id}:${alias.split('/').at(-1) ?? ''}`)
    } catch (error) {
      if (!hasCode(error, 'CONTAINER_NOT_FOUND')) throw error
      throw invalidRequest(`could not get container for ${ref}: ${error.message}`)
    }
  }
  return { ...given, Links: links }
}

const sharing = ['NetworkMode', 'PidMode', 'IpcMode'] as const

/** Containers whose namespaces are shared are kept by id, so that their renaming changes nothing. */
async function resolveContainers(given: HostConfig, { containers }: Handles): Promise<HostConfig> {
  const resolved = { ...given }
  for (const key of sharing) {
    const ref = /^container:(.+)$/s.exec(given[key] ?? '')?.[1]
    if (ref === undefined) continue
    try {
      resolved[key] = `container:${(await containers.inspect({ ref })).id}`
    } catch (error) {
      // The engine says it in the words of a creation.
      if (!hasCode(error, 'CONTAINER_NOT_FOUND')) throw error
    }
  }
  return resolved
}
