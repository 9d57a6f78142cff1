import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  mkdirSync,
  symlinkSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import * as files from './files.ts'

let path = ''
let folder = -1

beforeEach(() => {
  path = mkdtempSync(join(tmpdir(), 'files-'))
  folder = openSync(path, 'r')
})

afterEach(() => {
  closeSync(folder)
  rmSync(path, { recursive: true, force: true })
})

test('a name of any bytes is made, listed and opened', () => {
  const name = 'caf\xe9\n\xff'
  closeSync(files.openAt(folder, name, files.openFlags.O_CREAT | files.openFlags.O_WRONLY, 0o600))
  files.makeFolderAt(folder, files.toByteString('ü'), 0o755)
  expect(files.listNames(folder)).toEqual(['caf\xe9\n\xff', '\xc3\xbc'])
  expect(files.statAt(folder, name)).toMatchObject({ type: 'file', mode: 0o600, size: 0 })
  expect(files.statAt(folder, 'missing')).toBeUndefined()
})

test('nodes carry type, mode and device number, also large ones', () => {
  files.makeNodeAt(folder, 'null', { type: 'character', mode: 0o644, major: 1, minor: 3 })
  files.makeNodeAt(folder, 'large', { type: 'block', mode: 0o600, major: 259, minor: 70_000 })
  files.makeNodeAt(folder, 'pipe', { type: 'fifo', mode: 0o600 })
  expect(files.statAt(folder, 'null')).toMatchObject({ type: 'character', major: 1, minor: 3 })
  expect(files.statAt(folder, 'large')).toMatchObject({ type: 'block', major: 259, minor: 70_000 })
  expect(files.statAt(folder, 'pipe')).toMatchObject({ type: 'fifo' })
})

test('owner and times of a symbolic link are its own', () => {
  writeFileSync(join(path, 'target'), 'x')
  files.makeSymlinkAt('target', folder, 'link')
  files.chownAt(folder, 'link', 1000, 1001)
  files.setTimesAt(folder, 'link', -1_500_000_001n, 1_700_000_000_123_456_789n)
  expect(files.statAt(folder, 'link')).toMatchObject({
    type: 'symlink',
    uid: 1000,
    gid: 1001,
    modifiedAt: 1_700_000_000_123_456_789n,
    accessedAt: -1_500_000_001n,
  })
  expect(files.statAt(folder, 'target')?.uid).toBe(0)
  expect(files.readLinkAt(folder, 'link')).toBe('target')
})

test('extended attributes are set, read, listed and removed', () => {
  writeFileSync(join(path, 'f'), '')
  symlinkSync('f', join(path, 'l'))
  files.setXattrAt(folder, 'f', 'user.b', new Uint8Array([0, 1, 255]))
  files.setXattrAt(folder, 'l', 'trusted.a', Buffer.from('link'))
  files.setXattrAt(folder, '', 'trusted.root', Buffer.from('folder'))
  expect(files.listXattrsAt(folder, 'f')).toEqual(['user.b'])
  expect(files.getXattrAt(folder, 'f', 'user.b')).toEqual(new Uint8Array([0, 1, 255]))
  expect(files.getXattrAt(folder, 'f', 'user.none')).toBeUndefined()
  expect(files.listXattrsAt(folder, 'l')).toEqual(['trusted.a'])
  expect(Buffer.from(files.getXattrAt(folder, '', 'trusted.root') ?? []).toString()).toBe('folder')
  files.removeXattrAt(folder, 'f', 'user.b')
  files.removeXattrAt(folder, 'f', 'user.b')
  expect(files.listXattrsAt(folder, 'f')).toEqual([])
})

test('a path is resolved inside the folder, or refused where it would leave', () => {
  mkdirSync(join(path, 'root/etc'), { recursive: true })
  writeFileSync(join(path, 'root/etc/name'), 'inside')
  symlinkSync('/etc', join(path, 'root/absolute'))
  symlinkSync('../../../../../etc', join(path, 'root/up'))
  const root = openSync(join(path, 'root'), 'r')
  const read = (name: string, resolve: 'in-root' | 'beneath' | 'no-symlinks') => {
    const opened = files.openWithin(root, name, files.openFlags.O_RDONLY, resolve)
    const content = readFileSync(opened, 'utf8')
    closeSync(opened)
    return content
  }
  try {
    expect(read('absolute/name', 'in-root')).toBe('inside')
    expect(read('up/name', 'in-root')).toBe('inside')
    expect(() => read('up/name', 'beneath')).toThrow('EXDEV')
    expect(() => read('up/name', 'no-symlinks')).toThrow('ELOOP')
    expect(read('etc/name', 'no-symlinks')).toBe('inside')
    expect(() => files.openAt(root, 'up', files.openFlags.O_RDONLY)).toThrow('ELOOP')
  } finally {
    closeSync(root)
  }
})

test('a rename replaces, refuses or exchanges', () => {
  writeFileSync(join(path, 'a'), 'A')
  writeFileSync(join(path, 'b'), 'B')
  expect(() => files.renameAt(folder, 'a', folder, 'b', 'no-replace')).toThrow('EEXIST')
  files.renameAt(folder, 'a', folder, 'b', 'exchange')
  expect(readFileSync(join(path, 'a'), 'utf8')).toBe('B')
  files.renameAt(folder, 'a', folder, 'b')
  expect(files.listNames(folder)).toEqual(['b'])
})

test('names that are too long or hold a zero byte are refused', () => {
  expect(() => files.statAt(folder, 'x'.repeat(5000))).toThrow('ENAMETOOLONG')
  expect(() => files.makeFolderAt(folder, 'a\0b', 0o755)).toThrow('zero byte')
  expect(() => files.makeFolderAt(folder, 'x'.repeat(256), 0o755)).toThrow('ENAMETOOLONG')
})

test('data is told apart from holes', () => {
  const file = openSync(path + '/sparse', 'w+')
  const ranges = () => [...files.dataRanges(file)]
  expect(ranges()).toEqual([])
  ftruncateSync(file, 2 ** 33)
  expect(ranges()).toEqual([])
  writeSync(file, 'x', 65_536)
  writeSync(file, 'y', 2 ** 32 + 5)
  expect(ranges()).toEqual([
    { offset: 65_536, length: 4096 },
    { offset: 2 ** 32, length: 4096 },
  ])
  closeSync(file)
})
