import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { takePidFile } from './pid-file.ts'

describe('a pid file', () => {
  let folder: string
  let path: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moby-pid-'))
    path = join(folder, 'engine.pid')
  })
  afterEach(async () => await rm(folder, { recursive: true, force: true }))

  it('holds the number of the process until it is given back', async () => {
    const remove = takePidFile(path)
    expect(await readFile(path, 'utf8')).toBe(String(process.pid))
    remove()
    await expect(stat(path)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it('of a process that runs is left alone, and of one that ended is taken over', async () => {
    const other = spawn('sleep', ['60'])
    await once(other, 'spawn')
    await writeFile(path, `${other.pid}\n`)
    expect(() => takePidFile(path)).toThrow(
      expect.objectContaining({ code: 'PID_FILE_TAKEN', details: { path, pid: other.pid } }),
    )
    expect(await readFile(path, 'utf8')).toBe(`${other.pid}\n`)
    other.kill('SIGKILL')
    await once(other, 'exit')
    takePidFile(path)
    expect(await readFile(path, 'utf8')).toBe(String(process.pid))
  })

  it('that somebody else has written meanwhile is not removed', async () => {
    const remove = takePidFile(path)
    await writeFile(path, '1')
    remove()
    expect(await readFile(path, 'utf8')).toBe('1')
  })

  it('with something else in it is taken, and a place that cannot be written is told', async () => {
    await writeFile(path, 'no number')
    takePidFile(path)
    expect(await readFile(path, 'utf8')).toBe(String(process.pid))
    expect(() => takePidFile(join(folder, 'nowhere/pid'))).toThrow(
      expect.objectContaining({ code: 'PID_FILE_UNUSABLE' }),
    )
  })
})
