import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import { EngineProcess } from '../e2e/engine-process.ts'
import { GoPlugin } from '../e2e/go-plugin.ts'
import { writePluginFolder } from '../e2e/plugin-folder.ts'
import { DockerdPeer } from '../peers/dockerd.ts'
import { RegistryPeer } from '../peers/registry.ts'
import { Cells } from './cells.ts'

// Managed plugins that one engine pushes the other installs, here and in a real dockerd, through a registry on loopback.
const cells = new Cells(process.argv[2])
const home = await mkdtemp(join(tmpdir(), 'moby-packages-'))
const plugin = await GoPlugin.build()
const registry = await RegistryPeer.start()
const peer = await DockerdPeer.start({ ownNetwork: false, bridge: false })
const engine = await EngineProcess.start()
type Party = Readonly<Record<string, string>>
try {
  await engine.loadBusybox()
  const [ours, theirs] = [engine.environment(), peer.environment()]
  await writePluginFolder(home, plugin.program, { network: { type: '' } })
  await cells.run('dockerd installs and runs a plugin that was made and pushed here', async () => {
    await exchange(ours, theirs, `${registry.host}/from/here:v1`)
  })
  await cells.run('a plugin that dockerd made and pushed is installed and run here', async () => {
    await exchange(theirs, ours, `${registry.host}/from/dockerd:v1`)
  })
  cells.finish()
} finally {
  await engine.destroy()
  await peer.stop()
  await registry.stop()
  await plugin.remove()
  await rm(home, { recursive: true, force: true })
}

async function exchange(maker: Party, user: Party, reference: string): Promise<void> {
  await docker(maker, 'plugin', 'create', reference, home)
  await docker(maker, 'plugin', 'push', reference)
  await docker(user, 'plugin', 'install', '--grant-all-permissions', '--alias', 'given', reference, 'DEBUG=1')
  const [made, given] = await Promise.all([
    docker(maker, 'plugin', 'inspect', reference, '--format', '{{json .Config}}'),
    docker(user, 'plugin', 'inspect', 'given', '--format', '{{json .Config}}'),
  ])
  if (made !== given) throw new Error(`the config is another:\n${made}\n${given}`)
  await docker(user, 'volume', 'create', '-d', 'given', 'kept')
  const driver = await docker(user, 'volume', 'inspect', 'kept', '--format', '{{.Driver}} {{.Status.users}}')
  if (driver !== 'given:latest 0') throw new Error(`the volume is ${driver}`)
  // What was installed can be pushed on, byte for byte.
  const again = reference.replace(/:v1$/, ':again')
  await docker(user, 'volume', 'rm', 'kept')
  await docker(user, 'plugin', 'disable', 'given')
  await docker(user, 'plugin', 'rm', 'given')
  await docker(user, 'plugin', 'install', '--disable', '--grant-all-permissions', '--alias', again, reference)
  await docker(user, 'plugin', 'push', again)
  const [first, second] = await Promise.all([digestOf(reference), digestOf(again)])
  if (first !== second) throw new Error(`${reference} is ${first}, and pushed again it is ${second}`)
  await docker(user, 'plugin', 'rm', again)
  await docker(maker, 'plugin', 'rm', reference)
}

async function digestOf(reference: string): Promise<string> {
  const [, repository = '', tag = ''] = /^[^/]+\/(.+):([^:]+)$/.exec(reference) ?? []
  const accept = 'application/vnd.docker.distribution.manifest.v2+json'
  const answer = await fetch(`${registry.url}/v2/${repository}/manifests/${tag}`, { headers: { accept } })
  return answer.headers.get('docker-content-digest') ?? `status ${answer.status}`
}

async function docker(party: Party, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await execa('docker', args, {
    env: { ...party },
    reject: false,
    timeout: 60_000,
  })
  if (exitCode === 0) return stdout
  throw new Error(`docker ${args.join(' ')} said ${stderr}`)
}
