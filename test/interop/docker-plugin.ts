import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import { makeBusyboxImage } from '../../core/setup/busybox-image.ts'
import { DockerdPeer } from '../peers/dockerd.ts'
import { ServedPlugin } from '../peers/served-plugin.ts'
import { Cells } from './cells.ts'

// A real dockerd uses components of this project through its own plugin protocols: volumes, logs, addresses, a judge.
const cells = new Cells(process.argv[2])
const plugin = await ServedPlugin.start(['volumes', 'logs', 'addresses', 'judge'])
try {
  const peer = await DockerdPeer.start({ args: [`--authorization-plugin=${plugin.name}`] })
  try {
    await show(peer)
    cells.finish()
  } finally {
    await peer.stop()
  }
} finally {
  if (process.exitCode === 1) process.stdout.write(await plugin.log())
  await plugin.stop()
}

async function show(peer: DockerdPeer): Promise<void> {
  const docker = async (args: readonly string[], input?: Uint8Array) =>
    await execa('docker', args, { env: peer.environment(), reject: false, ...(input === undefined ? {} : { input }) })
  const expectOutput = async (args: readonly string[], wanted: string) => {
    const { stdout, stderr } = await docker(args)
    if (stdout !== wanted) throw new Error(`docker ${args.join(' ')} said ${JSON.stringify(stdout)} ${stderr}`)
  }
  const { archive } = await makeBusyboxImage({ reference: 'busybox:latest' })
  const loaded = await docker(['load'], archive)
  if (loaded.exitCode !== 0) throw new Error(`the image was not loaded: ${loaded.stderr}`)
  const { name } = plugin
  const run = ['run', '--rm', '--network', 'none']

  await cells.run('dockerd keeps files in a volume of volume-local', async () => {
    await expectOutput(['volume', 'create', '-d', name, 'notes'], 'notes')
    await expectOutput([...run, '-v', 'notes:/v', 'busybox', 'sh', '-c', 'echo hello > /v/first'], '')
    await expectOutput([...run, '-v', 'notes:/v', 'busybox', 'cat', '/v/first'], 'hello')
    await expectOutput(['volume', 'inspect', 'notes', '--format', '{{.Driver}} {{.Scope}}'], `${name} local`)
    const { stdout: path } = await docker(['volume', 'inspect', 'notes', '--format', '{{.Mountpoint}}'])
    if ((await readFile(join(path, 'first'), 'utf8')) !== 'hello\n') throw new Error(`nothing is at ${path}`)
    await expectOutput(['volume', 'rm', 'notes'], 'notes')
    if (existsSync(path)) throw new Error(`${path} is still there`)
  })
  await cells.run('dockerd writes a log through log-json-file and reads it back', async () => {
    const script = 'echo out; echo err >&2; printf end'
    await expectOutput(
      ['run', '--name', 'talker', '--network', 'none', '--log-driver', name, 'busybox', 'sh', '-c', script],
      'out\nend',
    )
    const logs = await docker(['logs', 'talker'])
    if (logs.stdout !== 'out\nend' || logs.stderr !== 'err') {
      throw new Error(`docker logs said ${JSON.stringify([logs.stdout, logs.stderr])}`)
    }
    await docker(['rm', '-f', 'talker'])
  })
  await cells.run('dockerd gets subnet and addresses of a network from ipam-pool', async () => {
    const create = ['network', 'create', '--ipam-driver', name, '--subnet', '10.213.0.0/24', 'pooled']
    const { exitCode, stderr } = await docker(create)
    if (exitCode !== 0) throw new Error(stderr)
    const script = "ip -4 -o addr show eth0 | awk '{print $4}'"
    await expectOutput(['run', '--rm', '--network', 'pooled', 'busybox', 'sh', '-c', script], '10.213.0.2/24')
    await expectOutput(['network', 'rm', 'pooled'], 'pooled')
  })
  await cells.run('dockerd asks an authorizer, which sees the operation and denies it with its reason', async () => {
    const { exitCode, stderr } = await docker([...run, '--privileged', 'busybox', 'true'])
    const reason = `authorization denied by plugin ${name}: nobody makes privileged containers here`
    if (exitCode === 0 || !stderr.includes(reason)) throw new Error(`docker said ${stderr}`)
    await expectOutput([...run, 'busybox', 'echo', 'allowed'], 'allowed')
  })
}
