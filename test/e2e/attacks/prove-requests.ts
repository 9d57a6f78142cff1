import { execa } from 'execa'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, expect, it } from 'vitest'
import type { EngineProcess } from '../engine-process.ts'
import type { SharedEngine } from '../shared-engine.ts'
import { asker, launch, type Ask } from '../traps/ask.ts'
import { filters } from '../traps/queries.ts'

const moby = join(import.meta.dirname, '../../../node_modules/.bin/moby')

export function proveRequests(shared: SharedEngine): void {
  let engine: EngineProcess
  let ask: Ask

  beforeAll(async () => {
    engine = shared.engine
    ask = asker(engine)
    await launch(ask, 'up')
  })

  const make = async (name: string, spec: object = {}) =>
    await ask('POST', `/containers/create?name=${encodeURIComponent(name)}`, { Image: 'busybox', ...spec })
  const state = async (name: string) => (await ask('GET', `/containers/${name}/json`)).body['State']

  it('C4 an empty body is an answer below 500 wherever one is sent', async () => {
    const verbs = 'attach exec kill pause rename resize restart start stop unpause update wait'.split(' ')
    const paths = [
      ...verbs.map((verb) => `/containers/none/${verb}`),
      ...'/containers/create /containers/up/exec /containers/up/update /commit /commit?container=none'.split(' '),
      ...'/exec/none/start /exec/none/resize?h=1&w=1 /networks/create /networks/none/connect'.split(' '),
      ...'/networks/none/disconnect /networks/none-such /build /images/load /images/create'.split(' '),
      ...'/images/none/tag?repo=x /plugins/none/enable /plugins/none/set /plugins/create /session'.split(' '),
      ...'/volumes/create /containers/prune /networks/prune /volumes/prune /images/prune /build/prune'.split(' '),
    ]
    const answers = await Promise.all(paths.map(async (path) => [path, (await ask('POST', path)).status] as const))
    expect(answers.filter(([, status]) => status >= 500)).toEqual([])
    await ask('POST', `/volumes/prune?${filters({ all: ['1'] })}`)
  })

  it('C9 what a filter says that nobody knows is refused, and nothing is removed', async () => {
    await make('spare')
    await ask('POST', '/volumes/create', { Name: 'spare', Labels: { keep: '1' } })
    await ask('POST', '/networks/create', { Name: 'spare' })
    await ask('POST', '/images/busybox/tag?repo=spare')
    const kinds = ['containers', 'images', 'networks', 'volumes', 'build']
    const unknown = [
      filters({ nonsense: ['x'] }),
      filters({ lable: { 'keep=1': true } }),
      'filters=%7B',
      'filters=%5B%5D',
    ]
    const values = [filters({ until: ['yesterday'] }), filters({ dangling: ['perhaps'] }), filters({ label: 'keep' })]
    for (const kind of kinds) {
      for (const query of [...unknown, ...values]) {
        // Each kind has conditions of its own: what one does not know is refused too.
        expect([kind, query, (await ask('POST', `/${kind}/prune?${query}`)).status]).toEqual([kind, query, 400])
      }
    }
    for (const list of ['/containers/json', '/images/json', '/networks', '/volumes', '/events', '/plugins']) {
      expect([list, (await ask('GET', `${list}?${unknown[0]}`)).status]).toEqual([list, 400])
    }
    for (const path of ['/containers/spare/json', '/volumes/spare', '/networks/spare', '/images/spare/json']) {
      expect([path, (await ask('GET', path)).status]).toEqual([path, 200])
    }
    for (const path of ['/containers/spare', '/volumes/spare', '/networks/spare', '/images/spare'])
      await ask('DELETE', path)
  })

  it('C10 names are letters, digits and three marks, and none is that of another', async () => {
    const { body: first } = await make('first')
    const id = String(first['Id'])
    for (const name of ['../x', 'a/b', '-x', '.x', 'x', 'ünï', 'a b', 'a\nb', 'a'.repeat(300), 'a%00b', '{{.ID}}']) {
      expect([name, (await make(name)).status]).toEqual([name, 400])
      const renamed = await ask('POST', `/containers/first/rename?name=${encodeURIComponent(name)}`)
      expect([name, renamed.status]).toEqual([name, 400])
    }
    for (const name of ['first', '/first', id, id.slice(0, 12), id.slice(0, 40)]) {
      expect([name, (await make(name)).status]).toEqual([name, 409])
      expect([name, (await ask('POST', `/containers/up/rename?name=${name}`)).status]).toEqual([name, 409])
    }
    expect((await ask('DELETE', `/containers/${id.slice(0, 12)}`)).status).toBe(204)
  })

  it('C11 the beginning of several ids is none of them', async () => {
    // Seventeen ids have sixteen first digits.
    const made = await Promise.all(Array.from({ length: 17 }, async (_, at) => await make(`many-${at}`)))
    const ids = made.map(({ body }) => String(body['Id']))
    const digit = ids.map((id) => id.slice(0, 1)).find((each, at, all) => all.indexOf(each) !== at) ?? ''
    for (const [method, path] of [
      ['GET', `/containers/${digit}/json`],
      ['POST', `/containers/${digit}/start`],
      ['DELETE', `/containers/${digit}?force=1`],
    ] as const) {
      expect(await ask(method, path)).toEqual({
        status: 400,
        body: { message: expect.stringMatching(/^multiple IDs found with provided prefix: .$/) as string },
      })
    }
    const gone = await Promise.all(ids.map(async (id) => (await ask('DELETE', `/containers/${id}`)).status))
    expect(new Set(gone)).toEqual(new Set([204]))
  })

  it('C12 whoever asks for a container that was removed is told so, and does not wait', async () => {
    const { body } = await make('removed')
    await ask('DELETE', '/containers/removed')
    const id = String(body['Id'])
    for (const path of [
      'wait',
      'wait?condition=removed',
      'wait?condition=next-exit',
      'attach?stream=1&stdout=1',
      'exec',
    ]) {
      const answer = await ask('POST', `/containers/${id}/${path}`, path === 'exec' ? { Cmd: ['true'] } : undefined)
      expect([path, answer.status, answer.body]).toEqual([path, 404, { message: `No such container: ${id}` }])
    }
    for (const path of ['logs?stdout=1&follow=1', 'stats', 'top', 'json']) {
      expect([path, (await ask('GET', `/containers/${id}/${path}`)).status]).toEqual([path, 404])
    }
  })

  it('C18 sizes of a terminal are 16 bits, and any number of them may come at once', async () => {
    await launch(ask, 'terminal', { Tty: true, OpenStdin: true, Cmd: ['cat'] })
    const made = await ask('POST', '/containers/terminal/exec', { Cmd: ['cat'], Tty: true, AttachStdin: true })
    const exec = `/exec/${String(made.body['Id'])}`
    expect((await ask('POST', `${exec}/start`, { Detach: true, Tty: true })).status).toBe(200)
    for (const target of ['/containers/terminal', exec]) {
      const resize = async (query: string) => (await ask('POST', `${target}/resize?${query}`)).status
      expect(await Promise.all(['h=0&w=0', 'h=65535&w=65535', 'h=1&w=1'].map(resize))).toEqual([200, 200, 200])
      for (const query of [
        'h=65536&w=1',
        'h=1&w=65536',
        'h=-1&w=1',
        'h=1',
        'w=1',
        'h=a&w=1',
        'h=1e2&w=1',
        'h=1.5&w=1',
      ]) {
        expect([query, await resize(query)]).toEqual([query, 400])
      }
      const flood = await Promise.all(Array.from({ length: 60 }, async (_, at) => await resize(`h=${at}&w=${at}`)))
      expect(new Set(flood)).toEqual(new Set([200]))
    }
    expect(await state('terminal')).toMatchObject({ Status: 'running' })
    await ask('DELETE', '/containers/terminal?force=1')
  })

  it('C21 a descriptor of the engine is no source of a mount, and who mounts its data is warned', async () => {
    const bind = async (source: string) => {
      const typed = { Mounts: [{ Type: 'bind', Source: source, Target: '/in' }] }
      const answers = []
      for (const form of [{ Binds: [`${source}:/in`] }, typed]) {
        const answer = await make('bound', { HostConfig: { NetworkMode: 'none', ...form } })
        answers.push(answer)
        await ask('DELETE', '/containers/bound')
      }
      return answers
    }
    for (const source of [
      '/proc/self/fd/3',
      '/proc/self',
      '/proc/thread-self/fd',
      '/dev/fd/3',
      '/dev/stdin',
      `/proc/${engine.pid}/root`,
    ]) {
      for (const { status, body } of await bind(source)) {
        expect([source, status, body]).toEqual([source, 400, { message: expect.stringContaining(source) as string }])
      }
    }
    for (const source of ['/', engine.dataRoot]) {
      for (const { status, body } of await bind(source)) {
        const told = {
          Id: expect.any(String) as string,
          Warnings: [expect.stringContaining(engine.dataRoot) as string],
        }
        expect([source, status, body]).toEqual([source, 201, told])
      }
    }
    for (const { body } of await bind('/proc')) expect(body['Warnings']).toEqual([])
  })

  it('C22 a working directory behind a descriptor is refused, of a container and of an exec', async () => {
    const Cmd = ['sh', '-c', 'pwd; ls /proc/self/cwd/..']
    const HostConfig = { NetworkMode: 'none' }
    for (const WorkingDir of ['/proc/self/fd/7', '/proc/1/fd/3']) {
      const { status, body } = await make('inside', { WorkingDir, Cmd, HostConfig })
      expect([WorkingDir, status, body['message']]).toEqual([WorkingDir, 400, expect.stringContaining(WorkingDir)])
      const made = await ask('POST', '/containers/up/exec', { WorkingDir, Cmd })
      expect([WorkingDir, made.status]).toEqual([WorkingDir, 400])
    }
    expect(await ask('GET', '/containers/inside/json')).toMatchObject({ status: 404 })
  })

  it('C24 there is no door but the socket: an address of the network is refused before anything listens', async () => {
    const dataRoot = await mkdtemp(join(tmpdir(), 'door-'))
    const door = ['up', '--data-root', dataRoot, '--host', 'http://127.0.0.1:23750']
    const { exitCode, stderr } = await execa(moby, door, { reject: false, timeout: 60_000 })
    expect([exitCode, stderr]).toEqual([1, expect.stringContaining('unix://')])
    await rm(dataRoot, { recursive: true })
  })
}
