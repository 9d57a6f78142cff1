import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { measureFolder } from './measure-folder.ts'

const digestOf = async (folder: string) => (await measureFolder(folder)).digest

describe('the digest of a payload', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moby-digest-'))
    await mkdir(join(folder, 'deep'))
    await writeFile(join(folder, 'index.ts'), 'one')
    await writeFile(join(folder, 'deep/more.ts'), 'two')
  })
  afterEach(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  it('changes with a content, a name, an executable bit and a new file', async () => {
    const seen = new Set([await digestOf(folder)])
    await writeFile(join(folder, 'index.ts'), 'other')
    seen.add(await digestOf(folder))
    await chmod(join(folder, 'index.ts'), 0o755)
    seen.add(await digestOf(folder))
    await writeFile(join(folder, 'deep/extra.ts'), '')
    seen.add(await digestOf(folder))
    expect(seen.size).toBe(4)
  })

  it('does not change with tests, documents, fixtures, installed packages and hidden files', async () => {
    const before = await digestOf(folder)
    for (const name of ['index.test.ts', 'README.md', 'node_modules/x/a.js', 'fixtures/a.ts', '.cache/a']) {
      await mkdir(join(folder, name, '..'), { recursive: true })
      await writeFile(join(folder, name), 'x')
    }
    expect(await digestOf(folder)).toBe(before)
  })

  it('is the same however a file is read, at once or as a stream', async () => {
    const big = Buffer.alloc((1 << 20) + 5, 'x')
    await writeFile(join(folder, 'big'), big)
    const first = await digestOf(folder)
    expect(await digestOf(folder)).toBe(first)
    big[big.length - 1] = 0
    await writeFile(join(folder, 'big'), big)
    expect(await digestOf(folder)).not.toBe(first)
  })

  it('D20 is refused for a link', async () => {
    await symlink('/etc/passwd', join(folder, 'link.ts'))
    await expect(digestOf(folder)).rejects.toMatchObject({
      code: 'PAYLOAD_REFUSED',
      message: expect.stringContaining('link.ts is a symbolic link'),
    })
  })
})
