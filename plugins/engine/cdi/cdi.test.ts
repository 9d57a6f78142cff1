import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { RuntimeConfig } from '../spec/oci.ts'
import { applyCdiEdits } from './apply-cdi-edits.ts'
import { findCdiEdits } from './find-cdi-edits.ts'
import { readCdiSpecs } from './read-cdi-specs.ts'

const root = mkdtempSync(join(tmpdir(), 'cdi-'))
afterAll(() => rmSync(root, { recursive: true }))

let folders = 0
/** A folder with these files. */
function folder(files: Record<string, unknown>): string {
  const path = join(root, String(folders++))
  mkdirSync(path)
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(path, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return path
}
const spec = (more: Record<string, unknown> = {}, edits: Record<string, unknown> = { env: ['A=1'] }) => ({
  cdiVersion: '0.7.0',
  kind: 'vendor.com/class',
  devices: [{ name: 'one', containerEdits: edits }],
  ...more,
})
const ask = (...deviceIds: string[]) => [{ driver: 'cdi', count: 0, deviceIds, capabilities: [], options: {} }]
const plain: RuntimeConfig = {
  ociVersion: '1.0.2',
  process: {
    terminal: false,
    user: { uid: 7, gid: 0, additionalGids: [5] },
    args: ['true'],
    env: ['PATH=/bin', 'A=0'],
    cwd: '/',
    capabilities: { bounding: [] },
    noNewPrivileges: false,
  },
  root: { path: 'rootfs', readonly: false },
  mounts: [
    { destination: '/proc', type: 'proc', source: 'proc', options: [] },
    { destination: '/a/deep/one', type: 'bind', source: '/x', options: [] },
  ],
  linux: {
    resources: { devices: [{ allow: false, access: 'rwm' }] },
    cgroupsPath: '/c',
    namespaces: [],
    devices: [{ path: '/dev/zero', type: 'c', major: 9, minor: 9 }],
    maskedPaths: [],
    readonlyPaths: [],
  },
}

test('a device is put into the configuration with what its spec says for all devices, once', () => {
  const yaml = `
cdiVersion: "0.7.0"
kind: vendor.com/class
containerEdits:
  env: [ALL=yes]
  hooks: [{ hookName: createContainer, path: /bin/hook, args: [hook, it], timeout: 3 }]
devices:
  - name: one
    containerEdits:
      env: [A=1]
      deviceNodes: [{ path: /dev/zero }, { path: /dev/other, hostPath: /dev/null, permissions: r, uid: 3 }]
      mounts: [{ hostPath: /lib/x, containerPath: /a, options: [ro, bind] }]
  - name: two
    containerEdits:
      additionalGids: [0, 44]
      deviceNodes: [{ path: /dev/made, type: c, major: 240, minor: 1, fileMode: 432 }]
      intelRdt: { closID: c1 }
`
  const edits = findCdiEdits(ask('vendor.com/class=one', 'vendor.com/class=two'), [folder({ 'a.yaml': yaml })])
  const config = applyCdiEdits(plain, edits)
  expect(config.process.env).toEqual(['PATH=/bin', 'A=1', 'ALL=yes'])
  expect(config.process.user.additionalGids).toEqual([5, 44])
  expect(config.hooks).toEqual({ createContainer: [{ path: '/bin/hook', args: ['hook', 'it'], timeout: 3 }] })
  expect(config.mounts.map(({ destination, type }) => [destination, type])).toEqual([
    ['/proc', 'proc'],
    ['/a', 'bind'],
    ['/a/deep/one', 'bind'],
  ])
  expect(config.linux.devices).toEqual([
    { path: '/dev/zero', type: 'c', major: 1, minor: 5, uid: 7 },
    { path: '/dev/other', type: 'c', major: 1, minor: 3, uid: 3 },
    { path: '/dev/made', type: 'c', major: 240, minor: 1, fileMode: 432, uid: 7 },
  ])
  expect(config.linux.resources.devices?.slice(1)).toEqual([
    { allow: true, type: 'c', major: 1, minor: 5, access: 'rwm' },
    { allow: true, type: 'c', major: 1, minor: 3, access: 'r' },
    { allow: true, type: 'c', major: 240, minor: 1, access: 'rwm' },
  ])
  expect(config.linux.intelRdt).toEqual({ closID: 'c1' })
  expect(applyCdiEdits(plain, [])).toBe(plain)
})

test('of two folders the later counts, and of two specs in one folder neither', () => {
  const early = folder({ 'a.json': spec({}, { env: ['FROM=early'] }) })
  const late = folder({ 'b.json': spec({}, { env: ['FROM=late'] }) })
  const both = folder({ 'a.json': spec(), 'b.json': spec(), 'c.txt': 'no spec' })
  const envOf = (...folders: string[]) =>
    findCdiEdits(ask('vendor.com/class=one'), folders).flatMap(({ env = [] }) => env)
  expect(envOf(early, late)).toEqual(['FROM=late'])
  expect(envOf(late, early, join(root, 'none'))).toEqual(['FROM=early'])
  expect(() => envOf(early, both)).toThrow('unresolvable CDI devices vendor.com/class=one')
  expect(readCdiSpecs([both]).faults.map(({ reason }) => reason)).toEqual(
    Array.from(
      { length: 2 },
      () => expect.stringContaining('conflicting device "vendor.com/class=one" (specs ') as string,
    ),
  )
})

test.each([
  ['{', 'failed to parse CDI Spec'],
  [spec({ cdiVersion: '9.9.9' }), 'invalid version "9.9.9"'],
  [spec({ kind: 'vendor' }), 'invalid vendor. empty name'],
  [spec({ kind: '1/x' }), 'invalid vendor. "1"'],
  [spec({ devices: [] }), 'invalid spec, no devices'],
  [spec({ surprise: 1 }), 'unknown field "surprise"'],
  [spec({}, {}), 'invalid device, empty device edits'],
  [spec({}, { env: ['=x'] }), 'invalid environment variable "=x"'],
  [spec({}, { env: 'x' }), 'field "devices.containerEdits.env" must be of type array'],
  [spec({}, { deviceNodes: [{ path: '' }] }), 'invalid (empty) device path'],
  [spec({}, { deviceNodes: [{ path: '/x', type: 'z' }] }), 'device "/x": invalid type "z"'],
  [spec({}, { hooks: [{ hookName: 'soon', path: '/x' }] }), 'invalid hook name "soon"'],
  [spec({}, { mounts: [{ containerPath: '/x' }] }), 'invalid mount, empty host path'],
  [spec({ cdiVersion: '0.6.0' }, { additionalGids: [1] }), 'the spec version must be at least v0.7.0'],
  [spec({ cdiVersion: '0.4.0' }, { deviceNodes: [{ path: '/x', hostPath: '/y' }] }), 'must be at least v0.5.0'],
  [spec({ cdiVersion: '0.3.0' }, { mounts: [{ hostPath: '/x', containerPath: '/x', type: 'bind' }] }), 'v0.4.0'],
])('a spec that breaks the rules is told and no other is kept from being read: %j', (broken, reason) => {
  const good = { ...spec(), kind: 'good.com/class' }
  const { devices, faults } = readCdiSpecs([folder({ 'broken.json': broken, 'good.json': good })])
  expect([...devices.keys()]).toEqual(['good.com/class=one'])
  expect(faults.map(({ file }) => file.split('/').at(-1))).toEqual(['broken.json'])
  expect(faults[0]?.reason).toContain(reason)
})

test.each([
  [{ driver: '', count: -1, capabilities: [['gpu']] }, 'could not select device driver "" with capabilities: [[gpu]]'],
  [{ driver: 'nvidia' }, 'could not select device driver "nvidia" with capabilities: []'],
  [{ count: 1 }, 'unexpected count in CDI device request'],
  [{ options: { a: 'b' } }, 'unexpected options in CDI device request'],
  [{}, 'CDI device injection failed: unresolvable CDI devices vendor.com/class=none'],
])('a request that nothing can serve is refused: %j', (request, message) => {
  const [whole] = ask('vendor.com/class=none')
  const requests = whole === undefined ? [] : [{ ...whole, ...request }]
  expect(() => findCdiEdits(requests, [folder({ 'a.json': spec() })])).toThrow(
    expect.objectContaining({ code: 'CONTAINER_START_FAILED', message }),
  )
})

test('a device that the host lacks is refused', () => {
  const edits = (node: object) => [{ deviceNodes: [{ path: '/dev/x', ...node }] }]
  expect(() => applyCdiEdits(plain, edits({ hostPath: '/dev/no-such' }))).toThrow(
    'CDI device injection failed: failed to inject devices: failed to stat CDI host device "/dev/no-such"',
  )
  expect(() => applyCdiEdits(plain, edits({ hostPath: '/dev/null', type: 'b' }))).toThrow('host type mismatch (b, c)')
})
