import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import process from 'node:process'
import { promisify } from 'node:util'
import type { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { beginSpawnWorker, SpawnThread, type SpawnedProcess } from './spawn-thread.ts'
import type { ProcessEnd } from './spawn-messages.ts'

interface Started {
  readonly spawned: SpawnedProcess
  readonly ended: Promise<ProcessEnd>
  readonly told: string[]
  readonly bytes: { stdout: number; stderr: number }
  readonly words: { stdout: string; stderr: string }
}

const started: Started[] = []
afterEach(async () => {
  for (const { spawned } of started) spawned.kill()
  await Promise.all(started.splice(0).map(({ ended }) => ended))
})

async function start(thread: SpawnThread, file: string, ...args: string[]): Promise<Started> {
  const { promise: ended, resolve } = Promise.withResolvers<ProcessEnd>()
  const told: string[] = []
  const bytes = { stdout: 0, stderr: 0 }
  const words = { stdout: '', stderr: '' }
  const order = { file, args, folder: '/', environment: { PATH: process.env['PATH'] ?? '', WORD: 'hello' } }
  const spawned = await thread.spawn(order, {
    output: (name, chunk) => {
      bytes[name] += chunk.length
      if (chunk.length < 1_000) words[name] += new TextDecoder().decode(chunk)
    },
    exited: () => told.push('exited'),
    ended: (end) => {
      told.push('ended')
      resolve(end)
    },
  })
  const one = { spawned, ended, told, bytes, words }
  started.push(one)
  return one
}

/** State and session of a process; a Z, or nothing, when it runs no more. */
function statOf(pid: number): { state: string; session: number } {
  try {
    const [state = 'Z', , , session] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return { state, session: Number(session) }
  } catch {
    return { state: 'Z', session: 0 }
  }
}

describe('the thread that starts processes', () => {
  it('starts a child of this process in a session of its own, with what it was given and nothing else', async () => {
    const thread = new SpawnThread()
    const one = await start(thread, 'sh', '-c', 'printf "$WORD$HOME$PWD"; printf no >&2; exec cat')
    const { pid } = one.spawned
    expect(readFileSync(`/proc/${pid}/status`, 'utf8')).toContain(`\nPPid:\t${process.pid}\n`)
    expect(statOf(pid).session).toBe(pid)
    await expect.poll(() => one.words).toEqual({ stdout: 'hello/', stderr: 'no' })
    one.spawned.signal('SIGTERM')
    expect(await one.ended).toEqual({ code: null, signal: 'SIGTERM' })
    expect(one.told).toEqual(['exited', 'ended'])
  })

  it('passes every byte on, and reads no more than can be dealt with', async () => {
    const one = await start(new SpawnThread(), 'sh', '-c', 'exec dd if=/dev/zero bs=64k count=256 2>/dev/null')
    await expect.poll(() => one.bytes.stdout).toBeGreaterThan(0)
    // This thread deals with nothing meanwhile.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300)
    const begun = one.bytes.stdout
    const written = Number(/^wchar: (\d+)$/m.exec(readFileSync(`/proc/${one.spawned.pid}/io`, 'utf8'))?.[1])
    expect(written - begun).toBeLessThan(1024 * 1024)
    expect(await one.ended).toEqual({ code: 0, signal: null })
    expect(one.bytes.stdout).toBe(256 * 64 * 1024)
  })

  it('ends the whole group of a process that ends or is killed', async () => {
    const thread = new SpawnThread()
    for (const end of ['exit 3', 'exec cat']) {
      const one = await start(thread, 'sh', '-c', `sleep 1000 & echo $! >&2; ${end}`)
      await expect.poll(() => one.words.stderr).toMatch(/^\d+\n$/)
      one.spawned.kill()
      await one.ended
      await expect.poll(() => statOf(Number(one.words.stderr)).state).toBe('Z')
    }
  })

  it('tells why a program cannot be started, and starts the next', async () => {
    const thread = new SpawnThread()
    await expect(start(thread, '/no/such/program')).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(start(thread, 'a\u0000b')).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' })
    expect(await (await start(thread, 'true')).ended).toEqual({ code: 0, signal: null })
  })

  it('takes its processes with it when it ends, and another takes its place', async () => {
    const workers: Worker[] = []
    const thread = new SpawnThread(() => {
      const worker = beginSpawnWorker()
      workers.push(worker)
      return worker
    })
    const one = await start(thread, 'sleep', '1000')
    await workers[0]?.terminate()
    expect(await one.ended).toEqual({ code: null, signal: 'SIGKILL' })
    expect(one.told).toEqual(['exited', 'ended'])
    await expect.poll(() => statOf(one.spawned.pid).state).toBe('Z')
    expect(await (await start(thread, 'true')).ended).toEqual({ code: 0, signal: null })
    expect(workers).toHaveLength(2)
  })

  it('keeps a process that waits for one, and no other', async () => {
    const script = `
      const { SpawnThread } = await import('${new URL('spawn-thread.ts', import.meta.url).href}')
      const order = { file: 'sleep', args: ['0.2'], folder: '/', environment: { PATH: process.env.PATH } }
      await new Promise((ended) => new SpawnThread().spawn(order, { output() {}, exited() {}, ended }))
      console.log('it has ended')`
    const run = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script])
    expect(run.stdout).toBe('it has ended\n')
  })
})
