import { makeTar, type SampleEntry } from '@moby/lib-tar/testing'
import type { Script } from '../script.ts'
import type { Answer, Subject } from '../subject.ts'

/** A config with something of everything; keys as published plugins write them. */
const config = {
  description: 'shows everything',
  documentation: 'https://example.invalid/plugin',
  entrypoint: ['/plugin', '-x'],
  workdir: '/work',
  interface: { types: ['docker.volumedriver/1.0', 'docker.logdriver/1.0'], socket: 'all.sock' },
  network: { type: 'host' },
  ipcHost: true,
  pidhost: true,
  propagatedMount: '/mnt/state',
  user: { uid: 5 },
  args: { name: 'args', description: 'words', settable: ['value'], value: ['one', 'two'] },
  env: [
    { name: 'DEBUG', description: 'talk', settable: ['value'], value: '0' },
    { name: 'FIXED', value: 'x' },
    { name: 'UNSET', settable: ['value'], value: null },
    { name: 'MANY', settable: ['value', 'name'], value: 'm' },
  ],
  mounts: [
    { name: 'data', source: '/tmp', destination: '/data', type: 'bind', options: ['rbind'], settable: ['source'] },
    { name: 'fixed', source: '/etc', destination: '/e', type: 'bind', options: ['rbind', 'ro'] },
  ],
  linux: {
    capabilities: ['CAP_SYS_ADMIN', 'CAP_NET_ADMIN'],
    allowAllDevices: true,
    devices: [{ name: 'fuse', path: '/dev/fuse', settable: ['path'] }],
  },
}

const root: readonly SampleEntry[] = [
  { name: 'rootfs/', type: 'directory' },
  { name: 'rootfs/plugin', content: '#!/bin/false\n', mode: 0o755 },
]

function archive(text: string | undefined, files: readonly SampleEntry[]): Buffer {
  return Buffer.from(makeTar([...(text === undefined ? [] : [{ name: 'config.json', content: text }]), ...files]))
}

/** The digests are those of a compressed archive, and engines compress differently. */
function withoutDigests(answer: Answer): Answer {
  const text = JSON.stringify(answer.body).replaceAll(/sha256:[0-9a-f]{64}/g, 'sha256:<digest>')
  return { ...answer, body: JSON.parse(text) as unknown }
}

/** Managed plugins as packages: nothing is started. */
export const plugins: Script = {
  name: 'plugins',
  recorded: true,
  async run(subject, note) {
    const create = (name: string, body: Buffer) =>
      subject.api('POST', `/plugins/create?name=${encodeURIComponent(name)}`, body)
    const good = archive(JSON.stringify(config), root)
    note('no plugins', await subject.api('GET', '/plugins'))
    note('create', await create('all', good))
    note('create again', await create('all', good))
    note('create again with tag', await create('docker.io/library/all:latest', good))
    note('create by a bad name', await create('UPPER', good))
    note('create by a digest', await create(`x@sha256:${'a'.repeat(64)}`, good))
    note('create without a config', await create('no-config', archive(undefined, root)))
    note('create without files', await create('no-root', archive(JSON.stringify(config), [])))
    await subject.api('DELETE', '/plugins/no-root')
    note('create with a broken config', await create('broken', archive('{"description":', root)))
    note('inspect', withoutDigests(await subject.api('GET', '/plugins/all/json')))
    note('inspect by tag', withoutDigests(await subject.api('GET', '/plugins/all:latest/json')))
    note('list', withoutDigests(await subject.api('GET', '/plugins')))
    for (const [name, filters] of Object.entries({
      enabled: { enabled: ['true'] },
      disabled: { enabled: ['false'] },
      'of a capability': { capability: ['volumedriver'] },
      'of both capabilities': { capability: ['volumedriver', 'logdriver'] },
      'of another capability': { capability: ['authz'] },
      'badly filtered': { enabled: ['perhaps'] },
      'filtered by what is not': { nope: ['x'] },
    })) {
      note(`list ${name}`, namesOf(await subject.api('GET', `/plugins?filters=${encode(filters)}`)))
    }
    await settings(subject, note)
    for (const [name, method, path] of [
      ['inspect none', 'GET', '/plugins/none/json'],
      ['inspect by a bad name', 'GET', '/plugins/UPPER/json'],
      ['enable none', 'POST', '/plugins/none/enable?timeout=0'],
      ['enable without a timeout', 'POST', '/plugins/all/enable'],
      ['disable none', 'POST', '/plugins/none/disable'],
      ['disable a disabled one', 'POST', '/plugins/all/disable'],
      ['set none', 'POST', '/plugins/none/set'],
      ['push none', 'POST', '/plugins/none/push'],
      ['remove none', 'DELETE', '/plugins/none'],
      ['privileges of a bad name', 'GET', '/plugins/privileges?remote=UPPER'],
      ['remove', 'DELETE', '/plugins/all'],
      ['list of none', 'GET', '/plugins'],
    ] as const) {
      note(name, await subject.api(method, path, path.endsWith('/set') ? [] : undefined))
    }
  },
}

async function settings(subject: Subject, note: (name: string, answer: unknown) => void): Promise<void> {
  for (const change of [
    'DEBUG=1',
    'DEBUG.value=2',
    'DEBUG.name=3',
    'FIXED=4',
    'UNSET=5',
    'MANY=6',
    'MANY.value=7',
    'data.source=/var',
    'data=/usr',
    'fixed.source=/var',
    'fuse.path=/dev/null',
    'args=a b  c',
    'NOPE=1',
    '=x',
    'DEBUG',
  ]) {
    note(`set ${change}`, await subject.api('POST', '/plugins/all/set', [change]))
  }
  const { body } = await subject.api('GET', '/plugins/all/json')
  note('settings', (body as { Settings?: unknown }).Settings)
}

function namesOf(answer: Answer): unknown {
  const { body } = answer
  return Array.isArray(body) ? { ...answer, body: body.map((each) => (each as { Name: string }).Name) } : answer
}

function encode(value: unknown): string {
  return encodeURIComponent(JSON.stringify(value))
}
