import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withDefaults } from './container-defaults.ts'
import type { EngineConfig } from './container-context.ts'

const plain = { dns: [], dnsSearch: [], dnsOptions: [], ulimits: [], init: false, noNewPrivileges: false }
const config = (changes: Partial<EngineConfig>) => ({ ...plain, ...changes }) as unknown as EngineConfig
const full = config({
  dns: ['10.0.0.53'],
  dnsSearch: ['corp'],
  dnsOptions: ['ndots:1'],
  ulimits: [{ name: 'nofile', soft: 10, hard: 20 }],
  init: true,
  noNewPrivileges: true,
  ipcMode: 'shareable',
  cgroupnsMode: 'private',
  cgroupParent: '/own',
})

test('a container that says nothing gets what the configuration has, and nothing where that is silent', () => {
  expect(withDefaults({ image: 'x' }, config({}))).toEqual({ image: 'x' })
  expect(withDefaults({ image: 'x' }, full)).toEqual({
    image: 'x',
    dns: ['10.0.0.53'],
    dnsSearch: ['corp'],
    dnsOptions: ['ndots:1'],
    ulimits: [{ name: 'nofile', soft: 10, hard: 20 }],
    init: true,
    securityOptions: ['no-new-privileges=true'],
    ipcMode: 'shareable',
    cgroupnsMode: 'private',
    cgroupParent: '/own',
  })
})

test('what a container says itself stays', () => {
  const own = {
    image: 'x',
    dns: ['1.1.1.1'],
    dnsSearch: ['.'],
    dnsOptions: ['debug'],
    ulimits: [
      { name: 'nofile', soft: 1, hard: 1 },
      { name: 'core', soft: 0, hard: 0 },
    ],
    init: false,
    securityOptions: ['no-new-privileges:false', 'seccomp=unconfined'],
    ipcMode: 'host',
    cgroupnsMode: 'host',
    cgroupParent: '/other',
  }
  expect(withDefaults(own, { ...full, seccompProfile: '/nowhere' })).toEqual(own)
})

test('name servers are not for containers whose network asks them itself, nor for those in the network of another', () => {
  expect(withDefaults({ image: 'x', networkMode: 'net' }, full)).not.toHaveProperty('dns')
  expect(withDefaults({ image: 'x', networkMode: 'net' }, full)).toHaveProperty('dnsSearch', ['corp'])
  const shared = withDefaults({ image: 'x', networkMode: 'container:a' }, full)
  for (const key of ['dns', 'dnsSearch', 'dnsOptions']) expect(shared).not.toHaveProperty(key)
})

test('a profile is read when the container is made; one that cannot be is told; a privileged one gets none', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'profile-'))
  try {
    const path = join(folder, 'p.json')
    await writeFile(path, '{"defaultAction":"SCMP_ACT_ALLOW"}')
    const options = (profile: string, privileged = false) =>
      withDefaults({ image: 'x', privileged }, config({ seccompProfile: profile })).securityOptions
    expect(options(path)).toEqual(['seccomp={"defaultAction":"SCMP_ACT_ALLOW"}'])
    expect(options('unconfined')).toEqual(['seccomp=unconfined'])
    expect(options(path, true)).toBeUndefined()
    expect(() => options(join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'CONTAINER_SPEC_INVALID' }))
  } finally {
    await rm(folder, { recursive: true })
  }
})
