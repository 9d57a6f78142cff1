import { codedError, componentLauncher, type CodedError, type Descriptor, type Permission } from '@moby/contracts'
import type { ManifestFile } from '../manifest/load-manifest.ts'

type Span = CodedError['span']

/** Permissions of which one must stand beside a capability; those of no effect beyond the container need none. */
const permissionsOfCapabilities: Readonly<Record<string, readonly Permission[]>> = {
  CAP_SYS_ADMIN: ['host.mount', 'host.namespaces'],
  CAP_NET_ADMIN: ['host.network'],
  CAP_NET_BROADCAST: ['host.network'],
  CAP_NET_RAW: ['host.network', 'network.connect'],
  CAP_MKNOD: ['host.devices'],
  CAP_SYS_RAWIO: ['host.devices'],
  CAP_DAC_READ_SEARCH: ['host.files'],
}

const harmless = new Set(
  ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID', 'KILL', 'SETGID', 'SETUID', 'SETPCAP', 'SETFCAP', 'IPC_LOCK']
    .concat(['NET_BIND_SERVICE', 'SYS_CHROOT', 'AUDIT_WRITE', 'IPC_OWNER', 'LEASE', 'SYS_NICE', 'SYS_RESOURCE'])
    .map((name) => `CAP_${name}`),
)

/** A launcher that is to run in a container would have to start itself. */
export function checkLauncher(file: ManifestFile, entry: string, { provides }: Descriptor): CodedError[] {
  if (file.manifest.components[entry]?.mode !== 'container') return []
  if (!provides.some(({ contract }) => contract === componentLauncher.id)) return []
  const message =
    `${entry} starts the containers of this assembly and cannot run in one itself: ` +
    `${entry} -> ${componentLauncher.id} -> ${entry}`
  const span = file.spanOf(['components', entry, 'mode'])
  return [codedError('ASSEMBLY_CYCLE', message, { span, hint: 'write mode: module or process' })]
}

/**
 * What is wrong with an entry that is to run in a container: there must be something to run, it must not reach what starts
 * containers, and each of its grants must be told by a permission, so that who reads those knows what it reaches.
 */
export function checkContainer(descriptor: Descriptor, span: Span): CodedError[] {
  const { name, image, command, entry, requires = [] } = descriptor
  const fail = (message: string, hint: string) => [codedError('COMPONENT_MODE', message, { span, hint })]
  if (requires.some(({ contract }) => contract === componentLauncher.id)) {
    const message = `${name} requires ${componentLauncher.id}, which a component in a container must not reach`
    return fail(message, 'write mode: module or process')
  }
  if ((image?.folder ?? image?.command ?? command ?? entry) === undefined) {
    const message = `${name} offers mode container, but its descriptor names neither an image nor what to run`
    return fail(message, 'add to its component.yaml: image: {folder: ./image}, or command: [./program]')
  }
  return ungranted(descriptor).map(([what, wanted]) => {
    const message = `${name} is granted ${what}, and its permissions do not tell of it`
    return codedError('GRANT_UNTOLD', message, { span, hint: `add to its permissions: ${wanted.join(' or ')}` })
  })
}

function ungranted({ grants = {}, permissions = [] }: Descriptor): [what: string, wanted: readonly Permission[]][] {
  const { capabilities = [], mounts = [], devices = [], network, shareMounts } = grants
  const told: [what: string, wanted: readonly Permission[]][] = [
    ...capabilities
      .filter((name) => !harmless.has(name))
      .map((name): [string, readonly Permission[]] => [name, permissionsOfCapabilities[name] ?? ['host.kernel']]),
    ...mounts.map(({ source }): [string, readonly Permission[]] => [`the mount of ${source}`, ['host.files']]),
    ...devices.map(({ path }): [string, readonly Permission[]] => [`the device ${path}`, ['host.devices']]),
  ]
  if (network === 'host') told.push(['the network of the host', ['host.network', 'network.connect', 'socket.listen']])
  if (shareMounts === true) told.push(['mounts that the host sees', ['host.mount']])
  return told.filter(([, wanted]) => !wanted.some((each) => permissions.includes(each)))
}
