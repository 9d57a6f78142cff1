import {
  authAuthenticate,
  implement,
  type ComponentContext,
  type ContractDefinition,
  type Implementation,
  type RequestOf,
} from '@moby/contracts'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { get } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fakeEngine } from './fixtures/fake-engine.ts'
import component from './index.ts'
import { families } from './server/handles.ts'

let folder: string
let seen: RequestOf<typeof authAuthenticate, 'authenticate'>[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'api-'))
  seen = []
})
afterEach(async () => await rm(folder, { recursive: true, force: true }))

function contextOf(hosts: readonly string[]): ComponentContext<{ hosts: readonly string[] }> {
  const { handles } = fakeEngine()
  const authenticate = implement(authAuthenticate, {
    socket: async () => ({ mode: 0o640, gid: 0 }),
    authenticate: async (request) => {
      seen.push(request)
      return { principal: { name: 'root', method: 'peer-credentials', groups: [] } }
    },
  })
  const byContract = new Map<ContractDefinition, unknown>([[authAuthenticate, authenticate]])
  for (const [family, contract] of Object.entries(families)) {
    byContract.set(contract, handles[family as keyof typeof families])
  }
  const quiet = () => {}
  return {
    name: 'api',
    component: { name: 'moby/api-docker', version: '0.1.0' },
    config: { hosts },
    instance: { id: '00000000', dataRoot: folder, runRoot: folder },
    folders: { data: folder, run: folder },
    assembly: { name: 'test', version: '0.1.0', members: () => [], watch: () => () => undefined },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    signal: new AbortController().signal,
    one: <C extends ContractDefinition>(contract: C) => byContract.get(contract) as Implementation<C>,
    maybe: () => undefined,
    many: () => ({
      has: () => false,
      get: () => {
        throw new Error('there is none')
      },
      list: () => [],
    }),
    degraded: quiet,
    offer: () => quiet,
  }
}

async function ping(socketPath: string): Promise<string> {
  return await new Promise((resolve, reject) => {
    get({ socketPath, path: '/_ping', agent: false }, (response) => {
      response.resume()
      resolve(String(response.headers.server))
    }).on('error', reject)
  })
}

describe('the component', () => {
  it('listens when the assembly is ready, tells who connects by the credentials of the peer, and stops', async () => {
    const running = await component.create(contextOf([]))
    const socket = join(folder, 'docker.sock')
    await expect(stat(socket)).rejects.toThrow('ENOENT')
    await running.start?.()
    expect((await stat(socket)).mode & 0o777).toBe(0o640)
    expect(await ping(socket)).toBe('Docker/0.1.0 (linux)')
    expect(seen).toEqual([
      {
        evidence: {
          transport: 'unix',
          peer: { uid: process.getuid?.(), gid: process.getgid?.(), pid: process.pid },
        },
      },
    ])
    await running.stop?.('leave-containers')
    await expect(stat(socket)).rejects.toThrow('ENOENT')
  })

  it('listens on every address that it is given, once each', async () => {
    const hosts = ['one', 'two', 'one'].map((name) => `unix://${join(folder, name)}`)
    const running = await component.create(contextOf(hosts))
    await running.start?.()
    expect(await ping(join(folder, 'one'))).toContain('Docker/')
    expect(await ping(join(folder, 'two'))).toContain('Docker/')
    await running.stop?.('leave-containers')
  })

  it('listens nowhere when it cannot listen everywhere', async () => {
    const first = await component.create(contextOf([`unix://${join(folder, 'taken')}`]))
    await first.start?.()
    const hosts = ['free', 'taken'].map((name) => `unix://${join(folder, name)}`)
    const second = await component.create(contextOf(hosts))
    await expect(second.start?.()).rejects.toThrow(`another process listens on ${join(folder, 'taken')}`)
    await expect(stat(join(folder, 'free'))).rejects.toThrow('ENOENT')
    await first.stop?.('leave-containers')
  })

  it('refuses what is no socket, by name', async () => {
    const created = component.create(contextOf(['unix://relative']))
    await expect(created).rejects.toThrow('unix://relative is not the address of a socket')
  })
})
