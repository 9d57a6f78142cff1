import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import { makeBusyboxImage } from '../../core/setup/busybox-image.ts'
import { DockerdPeer } from '../peers/dockerd.ts'
import { ServedPlugin } from '../peers/served-plugin.ts'
import { Cells } from './cells.ts'

// A real dockerd uses components of this project through its own plugin protocols: volumes, logs, addresses, rules, a
// network.
const cells = new Cells(process.argv[2])
const plugin = await ServedPlugin.start(['volumes', 'logs', 'addresses', 'rules'])
try {
  const peer = await DockerdPeer.start({ args: [`--authorization-plugin=${plugin.name}`] })
  try {
    await show(peer)
    await showNetwork(peer)
    cells.finish()
  } finally {
    await peer.stop()
  }
} finally {
  if (process.exitCode === 1) process.stdout.write(await plugin.log())
  await plugin.stop()
}

async function show(peer: DockerdPeer): Promise<void> {
  const { docker, expectOutput } = clientOf(peer)
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
  await cells.run('rules protect containers by their names, and by ids that may be theirs', async () => {
    await docker(['create', '--name', 'kept-one', '--network', 'none', 'busybox', 'true'])
    const { stdout: id } = await docker(['inspect', 'kept-one', '--format', '{{.Id}}'])
    for (const ref of ['kept-one', id, id.slice(0, 12)]) {
      const { exitCode, stderr } = await docker(['rm', ref])
      if (exitCode === 0 || !stderr.includes('what is kept stays')) throw new Error(`docker rm ${ref} said ${stderr}`)
    }
    await docker(['rename', 'kept-one', 'given-up'])
    await expectOutput(['rm', 'given-up'], 'given-up')
  })
}

async function showNetwork(peer: DockerdPeer): Promise<void> {
  const { docker, expectOutput } = clientOf(peer)
  // Links are made where the engine is: in a network of its own.
  const network = await ServedPlugin.start(['network'], { networkOf: peer.pid })
  const inside = async (...command: string[]) =>
    await execa('nsenter', [`--net=/proc/${peer.pid}/ns/net`, ...command], { reject: false })
  try {
    await cells.run('dockerd has a network of network-bridge, in which containers reach each other', async () => {
      const create = ['network', 'create', '-d', network.name, '--subnet', '10.214.0.0/24', 'joined']
      const { exitCode, stderr } = await docker(create)
      if (exitCode !== 0) throw new Error(stderr)
      await docker(['run', '-d', '--name', 'server', '--network', 'joined', 'busybox', 'sleep', '1000'])
      const script =
        "ip -4 -o addr show eth0 | awk '{print $4}'; ip route | head -n 1; ping -c 1 -W 2 10.214.0.2 | grep -c ttl="
      await expectOutput(
        ['run', '--rm', '--network', 'joined', 'busybox', 'sh', '-c', script],
        '10.214.0.3/24\ndefault via 10.214.0.1 dev eth0 \n1',
      )
      await expectOutput(['rm', '-f', 'server'], 'server')
    })
    await cells.run('dockerd publishes a port of a container on it, and everything is gone afterwards', async () => {
      const serve = 'while true; do echo served | nc -l -p 80; done'
      const ports = ['-p', '127.0.0.1:18080:80']
      const { exitCode, stderr } = await docker([
        'run',
        '-d',
        '--name',
        'published',
        '--network',
        'joined',
        ...ports,
        'busybox',
        'sh',
        '-c',
        serve,
      ])
      if (exitCode !== 0) throw new Error(stderr)
      const { stdout } = await inside('timeout', '5', 'busybox', 'nc', '127.0.0.1', '18080')
      if (stdout !== 'served') throw new Error(`the port answered ${JSON.stringify(stdout)}`)
      await docker(['rm', '-f', 'published'])
      await expectOutput(['network', 'rm', 'joined'], 'joined')
      const { stdout: links } = await inside('ip', '-o', 'link')
      const left = links
        .split('\n')
        .filter((line) => !/^\d+: (lo|docker0|bonding_masters|\w+@NONE|tunl0|sit0|ip6\w+|gre\w*|erspan0)\b/.test(line))
      if (left.length > 0) throw new Error(`links are left: ${left.join('; ')}`)
    })
  } finally {
    if (process.exitCode === 1) process.stdout.write(await network.log())
    await network.stop()
  }
}

function clientOf(peer: DockerdPeer) {
  const docker = async (args: readonly string[], input?: Uint8Array) =>
    await execa('docker', args, { env: peer.environment(), reject: false, ...(input === undefined ? {} : { input }) })
  const expectOutput = async (args: readonly string[], wanted: string) => {
    const { stdout, stderr } = await docker(args)
    if (stdout !== wanted) throw new Error(`docker ${args.join(' ')} said ${JSON.stringify(stdout)} ${stderr}`)
  }
  return { docker, expectOutput }
}
