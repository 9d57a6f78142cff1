import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readTar } from '@moby/lib-tar'
import { inPieces, makeTar, type SampleEntry } from '@moby/lib-tar/testing'
import { hasCode } from '@moby/contracts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { EventBus } from '../../events/event-bus.ts'
import { memoryState } from '../fixtures/memory-state.ts'
import { driverSet, plainLayers } from '../fixtures/plain-layers.ts'
import { silentLog } from '../fixtures/silent-log.ts'
import { storeParts } from '../fixtures/store-parts.ts'
import { ImageService } from '../image-service.ts'

let folder = ''
let layers: ReturnType<typeof plainLayers>
let images: ImageService

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'paths-'))
  const state = memoryState()
  layers = plainLayers(join(folder, 'layers'))
  images = await ImageService.open({
    ...(await storeParts(state)),
    storage: driverSet({ plain: layers }),
    defaultStorage: undefined,
    sources: driverSet({}),
    defaultSource: undefined,
    folder: join(folder, 'images'),
    events: new EventBus(),
    usage: {
      ofImage: () => [],
      mountingImage: () => [],
      ofVolume: () => [],
      ofNetwork: () => [],
      counts: () => ({ total: 0, running: 0, paused: 0, stopped: 0 }),
    },
    clock: { now: () => '2026-02-03T04:05:06.000000007Z' },
    log: silentLog,
  })
  const entries: SampleEntry[] = [
    { name: 'opt/', type: 'directory', mode: 0o750 },
    { name: 'opt/app', content: 'program', mode: 0o4755, uid: 7, gid: 8 },
    { name: 'opt/lib/', type: 'directory' },
    { name: 'opt/lib/ä', content: 'x' },
    { name: 'out', type: 'symlink', linkName: '../../../../opt' },
    { name: 'passwd', type: 'symlink', linkName: '/etc/passwd' },
    { name: 'up', type: 'symlink', linkName: `${'../'.repeat(20)}etc/hostname` },
    { name: 'loop', type: 'symlink', linkName: 'loop' },
    { name: 'dangling', type: 'symlink', linkName: 'no/where' },
  ]
  await images.api.extend({ names: ['x'] }, inPieces(makeTar(entries)))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

const stat = (path: string, more: { follow?: boolean; names?: boolean } = {}) =>
  images.api.statPath({ ref: 'x', path, ...more })

async function archive(path: string, names?: string[]): Promise<string[]> {
  const found: string[] = []
  const request = { ref: 'x', path, ...(names === undefined ? {} : { names }) }
  for await (const { entry, content } of readTar(images.api.archivePath(request))) {
    const bytes: Uint8Array[] = []
    for await (const chunk of content) bytes.push(chunk)
    found.push(
      `${Buffer.from(entry.name, 'latin1').toString()} ${entry.type} ${Buffer.concat(bytes).toString()}`.trim(),
    )
  }
  return found
}

test('a path is followed through links inside the root', async () => {
  expect(await stat('out/app')).toMatchObject({
    path: '/opt/app',
    status: { type: 'file', mode: 0o4755, uid: 7, size: '7' },
  })
  expect(await stat('/out', { names: true })).toMatchObject({ path: '/opt', names: ['app', 'lib'] })
  expect(await stat('/out', { follow: false })).toMatchObject({
    path: '/out',
    status: { type: 'symlink', link: '../../../../opt' },
  })
  expect(await stat('/')).toMatchObject({ path: '/', status: { type: 'directory' } })
  expect(await stat('../../opt/./lib/../app')).toMatchObject({ path: '/opt/app' })
})

test('links never show what is outside: the image has no /etc', async () => {
  expect(await stat('/passwd')).toEqual({ path: '/etc/passwd' })
  expect(await stat('/up')).toEqual({ path: '/etc/hostname' })
})

test('what is missing tells where it would be, and what stands in the way', async () => {
  expect(await stat('/out/new/folder')).toEqual({ path: '/opt/new/folder' })
  expect(await stat('/dangling')).toEqual({ path: '/no/where' })
  expect(await stat('/opt/app/below')).toEqual({ path: '/opt/app/below', blockedBy: '/opt/app' })
  expect(await stat('/loop')).toEqual({ path: '/loop', blockedBy: '/loop' })
  const failure: unknown = await stat('/a\0b').catch((error: unknown) => error)
  expect(hasCode(failure, 'PATH_INVALID')).toBe(true)
})

test('a folder comes as an archive, all of it or some names', async () => {
  expect(await archive('/out')).toEqual(['app file program', 'lib/ directory', 'lib/ä file x'])
  expect(await archive('/out', ['app'])).toEqual(['app file program'])
  expect(await archive('/opt/lib', ['ä', 'none'])).toEqual(['ä file x'])
  const failure: unknown = await archive('/opt/app').catch((error: unknown) => error)
  expect(hasCode(failure, 'PATH_NOT_FOUND')).toBe(true)
})

test('looking leaves no mount, no view and no open folder', async () => {
  const descriptors = () => readdirSync('/proc/self/fd').length
  const before = descriptors()
  for (let count = 0; count < 20; count += 1) {
    await stat('/opt')
    // Left early.
    for await (const _ of images.api.archivePath({ ref: 'x', path: '/' })) break
  }
  // Two threads may have started, with a few descriptors of their own.
  expect(descriptors()).toBeLessThan(before + 15)
  expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(folder)
  const kinds: string[] = []
  for await (const { kind } of layers.list({})) kinds.push(kind)
  expect(kinds).toEqual(['committed'])
})
