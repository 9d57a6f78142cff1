import { codedError } from '@moby/contracts'
import { flag, list, maybe, shape, ShapeError, text, whole, type Reader } from '@moby/lib-docker-plugin-protocol'

/** A list of Go, which may be no list at all: null, and that is told to clients too. */
const nullable =
  <T>(items: Reader<T>): Reader<T[] | null> =>
  (value, path) =>
    value === null || value === undefined ? null : list(items)(value, path)

/** A text that is absent or null stays null, as a pointer of Go. */
const pointer: Reader<string | null> = (value, path) => maybe(text())(value, path) ?? null
const optionalText: Reader<string | undefined> = (value, path) => text()(value, path) || undefined

/** `docker.volumedriver/1.0`; whatever it leaves out is empty. */
const interfaceType: Reader<string> = (value, path) => {
  const written = text(256)(value, path)
  const slash = written.indexOf('/')
  const [name, version] = slash === -1 ? [written, ''] : [written.slice(0, slash), written.slice(slash + 1)]
  const dot = name.lastIndexOf('.')
  return `${name.slice(0, Math.max(dot, 0))}.${name.slice(dot + 1)}/${version}`
}

const Device = shape({ Description: text(), Name: text(), Path: pointer, Settable: nullable(text()) })
const Mount = shape({
  Description: text(),
  Destination: text(),
  Name: text(),
  Options: nullable(text()),
  Settable: nullable(text()),
  Source: pointer,
  Type: text(),
})

/**
 * `config.json` of a managed plugin, keys in any case, as Docker reads it and, in this order, writes it.
 * Source: moby api/types/plugin.go, and the plugin config format of Docker's documentation.
 */
const Config = shape({
  Args: shape({ Description: text(), Name: text(), Settable: nullable(text()), Value: nullable(text()) }),
  Description: text(),
  DockerVersion: optionalText,
  Documentation: text(),
  Entrypoint: nullable(text()),
  Env: nullable(shape({ Description: text(), Name: text(), Settable: nullable(text()), Value: pointer })),
  Interface: shape({ ProtocolScheme: optionalText, Socket: text(), Types: nullable(interfaceType) }),
  IpcHost: flag,
  Linux: shape({ AllowAllDevices: flag, Capabilities: nullable(text()), Devices: nullable(Device) }),
  Mounts: nullable(Mount),
  Network: shape({ Type: text() }),
  PidHost: flag,
  PropagatedMount: text(),
  User: shape({ GID: maybe(whole), UID: maybe(whole) }),
  WorkDir: text(),
  rootfs: maybe(shape({ diff_ids: nullable(text(256)), type: text() })),
})
export type PluginConfig = ReturnType<typeof Config>
export type PluginMount = ReturnType<typeof Mount>
export type PluginDevice = ReturnType<typeof Device>

/** Fails with PLUGIN_PACKAGE_INVALID. */
export function readPluginConfig(content: Uint8Array): PluginConfig {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(content).toString('utf8'))
  } catch (cause) {
    throw invalid((cause as Error).message, cause)
  }
  try {
    return Config(value)
  } catch (error) {
    if (error instanceof ShapeError) throw invalid(error.message, error)
    throw error
  }
}

/** Capabilities that Docker's protocols have names for: `volumedriver` of `docker.volumedriver/1.0`. */
export function capabilitiesOf({ Interface }: PluginConfig): string[] {
  return (Interface.Types ?? []).flatMap((type) => /^docker\.([^/]*)\//.exec(type)?.[1] ?? [])
}

function invalid(reason: string, cause: unknown) {
  return codedError('PLUGIN_PACKAGE_INVALID', `failed to parse config: ${reason}`, {
    hint: 'config.json must be as the plugin config format has it',
    cause,
  })
}
