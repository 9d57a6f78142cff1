import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Logger } from '@moby/contracts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Accounts } from './accounts.ts'
import { socketAuthentication } from './socket-authentication.ts'

const warnings: string[] = []
const log: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message) => warnings.push(message),
  error: () => undefined,
}

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'auth-'))
  warnings.length = 0
  await writeFile(join(folder, 'passwd'), 'root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n')
  await writeFile(
    join(folder, 'group'),
    '# groups\nroot:x:0:\nann:x:1000:\ndocker:x:998:bob,ann\naudio:x:29:bob\n2nd:x:7:\nmp3:x:8:\n',
  )
})

afterEach(() => rm(folder, { recursive: true }))

function driver(group = 'docker') {
  return socketAuthentication({ group, log, accounts: new Accounts(folder) })
}

test('the socket is for root and the group', async () => {
  expect(await driver().socket({})).toEqual({ mode: 0o660, gid: 998 })
  expect(await driver('1234').socket({})).toEqual({ mode: 0o660, gid: 1234 })
  expect(await driver('2nd').socket({})).toEqual({ mode: 0o660, gid: 7 })
  expect(await driver('mp3').socket({})).toEqual({ mode: 0o660, gid: 8 })
})

test('a group that does not exist leaves the socket to root, and says so', async () => {
  expect(await driver('moby').socket({})).toEqual({ mode: 0o600, gid: 0 })
  expect(warnings).toEqual(['The group moby does not exist: only root may connect to the socket.'])
})

test.each([
  [0, 0, { name: 'root', groups: ['root'] }],
  [1000, 1000, { name: 'ann', groups: ['ann', 'docker'] }],
  [4242, 998, { name: '4242', groups: ['docker'] }],
  [4242, 4242, { name: '4242', groups: [] }],
])('the peer with uid %i and gid %i is %j', async (uid, gid, expected) => {
  const { principal } = await driver().authenticate({ evidence: { transport: 'unix', peer: { uid, gid, pid: 1 } } })
  expect(principal).toEqual({ ...expected, method: 'peer-credentials' })
})

test('without user database the numbers stand for themselves', async () => {
  await rm(join(folder, 'passwd'))
  await rm(join(folder, 'group'))
  const { principal } = await driver().authenticate({
    evidence: { transport: 'unix', peer: { uid: 0, gid: 0, pid: 1 } },
  })
  expect(principal).toEqual({ name: '0', method: 'peer-credentials', groups: [] })
})

test.each([
  { transport: 'tcp' as const },
  { transport: 'unix' as const },
  { transport: 'tls' as const, peer: { uid: 0, gid: 0, pid: 1 } },
])('nobody is guessed from %j', async (evidence) => {
  await expect(driver().authenticate({ evidence })).rejects.toMatchObject({ code: 'AUTH_NOT_AUTHENTICATED' })
})
