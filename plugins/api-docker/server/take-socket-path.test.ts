import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestApi } from '../fixtures/test-api.ts'
import { takeSocketPath } from './take-socket-path.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sock-'))
})
afterEach(async () => await rm(folder, { recursive: true, force: true }))

async function listening(path: string): Promise<Server> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(path, resolve))
  return server
}

describe('the path of a socket', () => {
  it('gets its folder made', async () => {
    await takeSocketPath(join(folder, 'a/b/d.sock'))
    expect((await stat(join(folder, 'a/b'))).isDirectory()).toBe(true)
  })

  it('is taken over from a process that died', async () => {
    const path = join(folder, 'd.sock')
    const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
    spawnSync(process.execPath, ['-e', script])
    expect((await stat(path)).isSocket()).toBe(true)
    await takeSocketPath(path)
    expect(await readdir(folder)).toEqual([])
  })

  it('is left to a process that listens', async () => {
    const path = join(folder, 'd.sock')
    const server = await listening(path)
    await expect(takeSocketPath(path)).rejects.toThrow(`another process listens on ${path}`)
    server.close()
  })

  it('is not taken from a file', async () => {
    const path = join(folder, 'd.sock')
    await writeFile(path, 'precious')
    await expect(takeSocketPath(path)).rejects.toThrow('exists and is no socket')
  })

  it('must fit into a socket address', async () => {
    await expect(takeSocketPath(`/${'x'.repeat(107)}`)).rejects.toThrow('longer than 107 bytes')
  })
})

describe('the socket', () => {
  it('has the asked rights, and is gone after the server has stopped', async () => {
    const api = await startTestApi()
    expect((await stat(api.socket)).mode & 0o777).toBe(0o600)
    await api.close()
    await expect(stat(api.socket)).rejects.toThrow('ENOENT')
  })
})
