import { readdirSync, readFileSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { codedError } from '@moby/contracts'

/** Of the specification, oldest first; those before 0.3.0 have no chains. */
export const cniVersions = ['0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const
export type CniVersion = (typeof cniVersions)[number]

/** The configuration of one plugin, as its author gave it. */
export interface PluginConfig {
  readonly type: string
  readonly capabilities?: Readonly<Record<string, boolean>>
  readonly [key: string]: unknown
}

/** A network of CNI: plugins that are run one after the other. */
export interface NetworkList {
  readonly name: string
  readonly cniVersion: CniVersion
  readonly plugins: readonly PluginConfig[]
  readonly disableCheck: boolean
}

/** True when a version of the specification is another or a later one. */
export function isSince(version: CniVersion, since: CniVersion): boolean {
  return cniVersions.indexOf(version) >= cniVersions.indexOf(since)
}

/**
 * The network of that name in a folder: the `name` in a file, or else the name of a file. Fails with
 * NETWORK_OPTION_INVALID when there is none, or one that cannot be.
 */
export function findNetworkList(folder: string, name: string): NetworkList {
  const files = listFiles(folder)
  const parsed = files.map((file) => ({ file, content: parse(join(folder, file)) }))
  const found =
    parsed.find(({ content }) => content?.['name'] === name) ??
    parsed.find(({ file }) => file === name || basename(file, extname(file)) === name)
  if (found === undefined) {
    throw codedError('NETWORK_OPTION_INVALID', `There is no CNI network ${name} in ${folder}`, {
      hint: files.length === 0 ? 'The folder has no configurations.' : `It has ${files.join(', ')}.`,
    })
  }
  const { file, content } = found
  if (content === undefined) throw invalid(file, 'it is no JSON object')
  return readList(file, content)
}

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => ['.conflist', '.conf', '.json'].includes(extname(file)))
      .toSorted()
  } catch {
    return []
  }
}

/** Undefined for a file that cannot be read: it is told when it is the one that is asked for. */
function parse(path: string): Record<string, unknown> | undefined {
  try {
    const content: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return isObject(content) ? content : undefined
  } catch {
    return undefined
  }
}

function readList(file: string, content: Record<string, unknown>): NetworkList {
  const { name, disableCheck } = content
  if (typeof name !== 'string' || !/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/.test(name))
    throw invalid(file, 'its name is unusable')
  // A file of the older kind is one plugin.
  const plugins = content['plugins'] ?? [content]
  if (!Array.isArray(plugins) || plugins.length === 0) throw invalid(file, 'it has no plugins')
  return {
    name,
    cniVersion: chooseVersion(file, content),
    plugins: plugins.map((plugin: unknown, at) => readPlugin(file, plugin, at)),
    disableCheck: disableCheck === true || disableCheck === 'true',
  }
}

/** The highest that file and engine know. */
function chooseVersion(file: string, { cniVersion, cniVersions: several }: Record<string, unknown>): CniVersion {
  const offered = [...(Array.isArray(several) ? (several as unknown[]) : []), cniVersion]
  const chosen = cniVersions.findLast((version) => offered.includes(version))
  if (chosen !== undefined) return chosen
  throw invalid(file, `its version ${JSON.stringify(cniVersion ?? '0.1.0')} is none of ${cniVersions.join(', ')}`)
}

function readPlugin(file: string, plugin: unknown, at: number): PluginConfig {
  const type = isObject(plugin) ? plugin['type'] : undefined
  if (!isObject(plugin) || typeof type !== 'string' || !/^[^\s/]+$/.test(type) || type.startsWith('.')) {
    throw invalid(file, `its plugin ${at + 1} has no usable type`)
  }
  return { ...plugin, type }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function invalid(file: string, why: string): Error {
  return codedError('NETWORK_OPTION_INVALID', `The CNI configuration ${file} cannot be used: ${why}`, {
    hint: 'See https://www.cni.dev/docs/spec for the format.',
  })
}
