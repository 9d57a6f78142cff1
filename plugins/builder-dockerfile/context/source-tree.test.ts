import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { applyLayer, readTar } from '@moby/lib-tar'
import { inPieces, makeTar, type SampleEntry } from '@moby/lib-tar/testing'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { digestItems } from '../copy/digest-items.ts'
import type { LayerItem } from '../copy/layer-item.ts'
import { planItems } from '../copy/plan-items.ts'
import { select } from '../copy/selection.ts'
import { streamLayer } from '../copy/stream-layer.ts'
import { plainSpec } from '../testing/bench.ts'
import { prepareContext } from './prepare-context.ts'
import { indexArchive } from './index-archive.ts'
import { SourceTree } from './source-tree.ts'

let folder = ''
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'context-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

async function treeOf(entries: readonly SampleEntry[]): Promise<SourceTree> {
  const contents = join(folder, `contents-${randomBytes(4).toString('hex')}`)
  return new SourceTree(contents, await indexArchive(inPieces(makeTar(entries), 700), { contents, limits: {} }))
}

const files: SampleEntry[] = [
  { name: './a.txt', content: 'a' },
  { name: 'dir/inner/b.txt', content: 'bb', mode: 0o600 },
  { name: 'out', type: 'symlink', linkName: '../../dir/inner' },
  { name: 'absolute', type: 'symlink', linkName: '/a.txt' },
  { name: 'etc', type: 'symlink', linkName: '/../../../etc' },
  { name: 'loop', type: 'symlink', linkName: 'loop' },
  { name: 'again', type: 'hard-link', linkName: 'a.txt' },
]

test('links lead nowhere but within the tree', async () => {
  const tree = await treeOf(files)
  expect(tree.resolve('out/b.txt')).toBe('dir/inner/b.txt')
  expect(tree.resolve('absolute')).toBe('a.txt')
  expect(tree.resolve('etc/passwd')).toBeUndefined()
  expect(tree.resolve('loop')).toBeUndefined()
  expect(tree.resolve('../../a.txt')).toBe('a.txt')
  expect(() => select(tree, '../a.txt', 'COPY')).toThrow('forbidden path outside the build context')
  expect(() => select(tree, 'none', 'COPY')).toThrow('file not found in build context or excluded by .dockerignore')
})

test('an archive with names that lead out is refused', async () => {
  for (const name of ['../x', 'a/../../x']) {
    await expect(treeOf([{ name }])).rejects.toMatchObject({ code: 'ARCHIVE_ESCAPES' })
  }
  await expect(treeOf([{ name: 'a/.wh.b' }])).rejects.toMatchObject({ code: 'BUILD_CONTEXT_INVALID' })
})

test.each<[string, SampleEntry]>([
  ['a name', { name: 'x'.repeat(256) }],
  ['a path', { name: 'a/'.repeat(3000) }],
  ['a link', { name: 'a', type: 'symlink', linkName: 'x'.repeat(5000) }],
])('%s that no file system takes is refused', async (_, entry) => {
  await expect(treeOf([entry])).rejects.toMatchObject({
    code: 'ARCHIVE_INVALID',
    message: expect.stringMatching('long'),
  })
})

test('names, folders on the way and attributes are held up to a limit', async () => {
  const read = async (entries: readonly SampleEntry[], heldBytes: number) => {
    const contents = join(folder, randomBytes(4).toString('hex'))
    return await indexArchive(inPieces(makeTar(entries)), { contents, limits: { heldBytes } })
  }
  const refused = { code: 'ARCHIVE_LIMIT' }
  const plain = Array.from({ length: 20 }, (_, at) => ({ name: `some/folder/file-${at}` }))
  expect(await read(plain, 2000)).toHaveLength(20)
  await expect(read(plain, 500)).rejects.toMatchObject(refused)
  await expect(read([{ name: 'a', xattrs: { 'user.x': 'y'.repeat(3000) } }], 2000)).rejects.toMatchObject(refused)
  // One deep path is many folders.
  await expect(read([{ name: `${'a/'.repeat(100)}b` }], 2000)).rejects.toMatchObject(refused)
})

test('a large archive is read in a thread, with the same result', async () => {
  const big = randomBytes(3_000_000)
  const tree = await treeOf([
    { name: 'big', content: big },
    { name: 'small', content: 'x' },
  ])
  const node = tree.get('big')
  expect(node?.entry.size).toBe(big.length)
  expect(
    readFileSync(tree.contents)
      .subarray(node?.offset, (node?.offset ?? 0) + big.length)
      .equals(big),
  ).toBe(true)
  const contents = join(folder, 'cut')
  const cut = inPieces(makeTar([{ name: 'big', content: big }]).subarray(0, 2_000_000))
  await expect(indexArchive(cut, { contents, limits: {} })).rejects.toMatchObject({ code: 'ARCHIVE_TRUNCATED' })
})

async function layerOf(items: readonly LayerItem[]): Promise<string[]> {
  const found: string[] = []
  for await (const { entry, content } of readTar(streamLayer(items))) {
    const bytes: Uint8Array[] = []
    for await (const chunk of content) bytes.push(chunk)
    found.push(`${entry.name} ${entry.type} ${entry.uid}:${entry.gid} ${Buffer.concat(bytes)}${entry.linkName}`)
  }
  return found
}

const into = { path: 'to', isFolder: true, exists: true }

test('a thread that cannot begin is told, also while the next piece is waited for', async () => {
  const contents = join(folder, 'taken')
  writeFileSync(contents, '')
  const input = async function* () {
    yield makeTar([{ name: 'big', content: randomBytes(600_000) }])
    // A thread needs a while to begin.
    await sleep(2500)
    yield new Uint8Array(512)
  }
  await expect(indexArchive(input(), { contents, limits: {} })).rejects.toThrow('EEXIST')
})

test('what is copied becomes a layer with the same contents', async () => {
  const tree = await treeOf(files)
  const selected = [...select(tree, '*.txt', 'COPY'), ...select(tree, 'again', 'COPY'), ...select(tree, 'out', 'COPY')]
  const items = planItems(selected, into, { owner: { uid: 1, gid: 2 }, exclude: [], parents: false })
  expect(await layerOf(items)).toEqual(['to/a.txt file 1:2 a', 'to/again file 1:2 a', 'to/b.txt file 1:2 bb'])
})

test('names of one file stay so in a folder; a file that two sources name is copied twice', async () => {
  const tree = await treeOf([
    { name: 'dir/a', content: 'a' },
    { name: 'dir/b', type: 'hard-link', linkName: 'dir/a' },
  ])
  const plain = { exclude: [], parents: false }
  expect(await layerOf(planItems(select(tree, 'dir', 'COPY'), into, plain))).toEqual([
    'to/a file 0:0 a',
    'to/b hard-link 0:0 to/a',
  ])
  const twice = [...select(tree, 'dir/a', 'COPY'), ...select(tree, 'dir/a*', 'COPY')]
  const items = planItems(twice, into, plain)
  expect(await layerOf(items)).toEqual(['to/a file 0:0 a', 'to/a file 0:0 a'])
  const root = join(folder, 'root')
  mkdirSync(root)
  await applyLayer({ root }, streamLayer(items))
  expect(readFileSync(join(root, 'to/a'), 'utf8')).toBe('a')
})

test('the digest of a copy knows contents, names, modes and owners, and no times', async () => {
  const digest = async (entry: SampleEntry, uid = 0) => {
    const selected = select(await treeOf([entry]), entry.name, 'COPY')
    const options = { owner: { uid, gid: 0 }, exclude: [], parents: false }
    return digestItems(planItems(selected, { path: 'x', isFolder: false, exists: false }, options))
  }
  const base = await digest({ name: 'a', content: '1' })
  expect(await digest({ name: 'a', content: '1', modifiedAt: 5n })).toBe(base)
  expect(await digest({ name: 'a', content: '2' })).not.toBe(base)
  expect(await digest({ name: 'a', content: '1', mode: 0o755 })).not.toBe(base)
  expect(await digest({ name: 'a', content: '1' }, 3)).not.toBe(base)
})

test('.dockerignore is applied, and the one of the Dockerfile goes before it', async () => {
  const spec = { ...plainSpec, dockerfile: 'sub/D' }
  const entries: SampleEntry[] = [
    { name: 'sub/D', content: 'FROM x' },
    { name: 'node_modules/a/b', content: '' },
    { name: 'docs/one.md', content: '' },
    { name: 'docs/two.md', content: '' },
    { name: '.dockerignore', content: 'node_modules\ndocs/*\n!docs/one.md\n' },
  ]
  const paths = async (more: readonly SampleEntry[]) => {
    const contents = join(folder, randomBytes(4).toString('hex'))
    const place = { contents, mostBytes: 1e9, signal: new AbortController().signal }
    const { tree, dockerfile } = await prepareContext(spec, inPieces(makeTar([...entries, ...more])), place)
    expect(dockerfile).toBe('FROM x')
    return Array.from(tree.walk(''), ({ path }) => path).filter((path) => !['', '.dockerignore'].includes(path))
  }
  expect(await paths([])).toEqual(['docs', 'docs/one.md', 'sub', 'sub/D'])
  expect(await paths([{ name: 'sub/D.dockerignore', content: 'docs' }])).toEqual([
    'node_modules',
    'node_modules/a',
    'node_modules/a/b',
    'sub',
    'sub/D',
    'sub/D.dockerignore',
  ])
})

test('sparse files are files like others, and take no disk beside', async () => {
  const source = join(folder, 'source')
  mkdirSync(source)
  writeFileSync(join(source, 'sparse'), 'begin')
  truncateSync(join(source, 'sparse'), 2 ** 20)
  appendFileSync(join(source, 'sparse'), 'end')
  truncateSync(join(source, 'sparse'), 2 ** 21)
  writeFileSync(join(source, 'tail'), 'tail')
  const plain = execFileSync('tar', ['--format=pax', '-C', source, '-c', 'sparse', 'tail'], { maxBuffer: 2 ** 24 })
  const expected = await indexArchive(inPieces(plain), { contents: join(folder, 'plain'), limits: {} })
  for (const version of ['0.0', '0.1', '1.0', 'gnu']) {
    const words = version === 'gnu' ? ['--format=gnu'] : ['--format=pax', `--sparse-version=${version}`]
    const archive = execFileSync('tar', [...words, '--sparse', '-C', source, '-c', 'sparse', 'tail'])
    const contents = join(folder, version)
    const nodes = await indexArchive(inPieces(archive, 700), { contents, limits: {} })
    const told = (each: typeof nodes) => each.map(({ path, entry, digest }) => [path, entry.size, digest])
    expect(told(nodes)).toEqual(told(expected))
    expect(readFileSync(contents).equals(readFileSync(join(folder, 'plain')))).toBe(true)
    expect(statSync(contents).blocks * 512).toBeLessThan(2 ** 16)
  }
})

test('holes without end are refused by the name of their file', async () => {
  const source = join(folder, 'endless')
  writeFileSync(source, '')
  truncateSync(source, 2 ** 30 + 1)
  const archive = execFileSync('tar', ['--sparse', '-C', folder, '-c', 'endless'])
  const contents = join(folder, 'contents')
  await expect(indexArchive(inPieces(archive), { contents, limits: {} })).rejects.toMatchObject({
    code: 'ARCHIVE_LIMIT',
    message: expect.stringContaining('"endless"'),
  })
})
