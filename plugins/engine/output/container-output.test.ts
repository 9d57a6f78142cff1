import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { codedError, type Logger } from '@moby/contracts'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Clock } from '../clock/clock.ts'
import { ContainerOutput, type ContainerOutputOptions } from './container-output.ts'
import { MemoryLog, someInfo } from './memory-log.fixture.ts'
import { sweepKeepers } from './sweep-keepers.ts'

const logger: Logger = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }

let folder: string
const opened: ContainerOutput[] = []

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'out-'))
})

afterEach(async () => {
  await Promise.all(opened.splice(0).map((output) => output.remove()))
  await rm(folder, { recursive: true, force: true })
})

async function openOutput(log: MemoryLog | undefined, more: Partial<ContainerOutputOptions> = {}) {
  const output = await ContainerOutput.open({
    folder: join(folder, 'c'),
    terminal: false,
    openStdin: false,
    stdinOnce: false,
    clock: new Clock(),
    logger,
    ...(log === undefined ? {} : { log: { driver: log.api, logId: 'log', info: someInfo } }),
    ...more,
  })
  opened.push(output)
  return output
}

/** Runs a shell whose output goes into the FIFOs, as a shim's does. */
async function run(output: ContainerOutput, script: string): Promise<void> {
  await once(start(output, script), 'exit')
}

function start(output: ContainerOutput, script: string) {
  const { stdin, stdout, stderr } = output.stdio
  const descriptors = [stdin, stdout, stderr].map((path, index) =>
    path === undefined ? ('ignore' as const) : openSync(path, index === 0 ? 'r' : 'a'),
  )
  const child = spawn('sh', ['-c', script], { stdio: descriptors })
  for (const descriptor of descriptors) if (descriptor !== 'ignore') closeSync(descriptor)
  return child
}

/** Waits until the log has all. A log that takes its time is given up after some seconds, and then waited for again. */
async function drainWhole(output: ContainerOutput): Promise<void> {
  while (!(await output.drain())) continue
}

async function collect(attachment: ReturnType<ContainerOutput['attach']>, pauseMs = 0) {
  const seen = { stdout: '', stderr: '' }
  for await (const { stream, data } of attachment.output) {
    seen[stream] += Buffer.from(data).toString('latin1')
    if (pauseMs > 0) await setTimeout(pauseMs)
  }
  return seen
}

/** What this process has open: `5 /tmp/file`. */
function descriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap((name) => {
    try {
      return [`${name} ${readlinkSync(`/proc/self/fd/${name}`)}`]
    } catch {
      // That of the folder itself.
      return []
    }
  })
}

function keepers(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/0`).startsWith(folder)
    } catch {
      return false
    }
  })
}

test('output reaches log and attachment, each stream in order, and nothing is left afterwards', async () => {
  const log = new MemoryLog()
  const output = await openOutput(log)
  const attached = collect(output.attach({ stdin: false, stdout: true, stderr: true }))
  expect(keepers()).toHaveLength(1)
  await run(output, 'echo one; echo two >&2; printf three; seq 1 5000')
  await output.drain()
  const numbers = Array.from({ length: 5000 }, (_, index) => `${index + 1}\n`).join('')
  expect(log.text('stdout')).toBe(`one\nthree${numbers}`)
  expect(log.text('stderr')).toBe('two\n')
  expect(await attached).toEqual({ stdout: `one\nthree${numbers}`, stderr: 'two\n' })
  await output.remove()
  expect(log.closed).toBe(true)
  await expect.poll(keepers).toEqual([])
  expect(readdirSync(folder)).toEqual([])
})

test('times strictly increase from record to record of a stream', async () => {
  const log = new MemoryLog()
  const output = await openOutput(log)
  await run(output, 'seq 1 3000')
  await output.drain()
  const times = log.records.map((record) => record.time)
  expect(times).toEqual([...times].sort())
  expect(new Set(times).size).toBe(3000)
})

test('a long line comes in pieces, a last line without end as an open piece', async () => {
  const log = new MemoryLog()
  const output = await openOutput(log)
  await run(output, 'head -c 40000 /dev/zero | tr "\\0" x; echo; printf end')
  await output.drain()
  const pieces = log.records.map(({ line, partial }) => [line.length, partial?.ordinal, partial?.last])
  expect(pieces).toEqual([
    [16384, 1, false],
    [16384, 2, false],
    [7232, 3, true],
    [3, 1, false],
  ])
  expect(new Set(log.records.slice(0, 3).map((record) => record.partial?.id)).size).toBe(1)
})

test('what was written while nobody was there comes with the next open, also after the writer has gone', async () => {
  const log = new MemoryLog()
  const first = await openOutput(log)
  await run(first, 'echo one; printf tw')
  await setTimeout(50)
  await first.close()
  await run(first, 'echo o; echo three; echo err >&2')
  const second = await openOutput(log)
  await second.drain()
  expect(log.text('stdout')).toBe('one\ntwo\nthree\n')
  expect(log.text('stderr')).toBe('err\n')
})

test('a log that fails is tried again, and holds the process up instead of losing lines', async () => {
  const log = new MemoryLog()
  let broken = true
  log.before = async () => {
    if (broken) throw new Error('no space left')
  }
  const output = await openOutput(log)
  const child = start(output, 'seq 1 400000')
  await setTimeout(300)
  expect(child.exitCode).toBe(null)
  broken = false
  await once(child, 'exit')
  await drainWhole(output)
  const lines = log.text('stdout').split('\n')
  expect(lines).toHaveLength(400_001)
  expect(lines.findIndex((line, index) => index < 400_000 && line !== String(index + 1))).toBe(-1)
})

test('a log that was forgotten by its driver is opened again', async () => {
  const log = new MemoryLog()
  let forgotten = true
  log.before = async () => {
    if (forgotten) throw codedError('LOG_NOT_FOUND', 'no such log')
  }
  const { open } = log.api
  const driver = {
    ...log.api,
    open: (...request: Parameters<typeof open>) => {
      if (log.opened > 0) forgotten = false
      return open(...request)
    },
  }
  const output = await openOutput(log, { log: { driver, logId: 'log', info: someInfo } })
  await run(output, 'echo one')
  await output.drain()
  expect(log.text('stdout')).toBe('one\n')
})

test('an open that fails leaves no descriptor and no process behind', async () => {
  // Of what is open here otherwise, some may be closed meanwhile.
  const before = new Set(descriptors())
  mkdirSync(join(folder, 'c', 'stderr.0'), { recursive: true })
  await expect(openOutput(new MemoryLog())).rejects.toMatchObject({ code: 'EISDIR' })
  expect(descriptors().filter((each) => !before.has(each))).toEqual([])
  await expect.poll(keepers).toEqual([])
})

test('a keeper whose container is not needed any more is swept', async () => {
  await openOutput(new MemoryLog())
  sweepKeepers(folder, (id) => id === 'c')
  expect(keepers()).toHaveLength(1)
  sweepKeepers(folder, () => false)
  await expect.poll(keepers).toEqual([])
})

test('D14 a stuck log does not hold drain and remove up for long, and the next open goes on from what it has', async () => {
  const log = new MemoryLog()
  const output = await openOutput(log)
  await run(output, 'echo one')
  while (log.records.length === 0) await setTimeout(5)
  log.before = () => new Promise(() => undefined)
  await run(output, 'echo two')
  const before = performance.now()
  expect(await output.drain({ hurried: true })).toBe(false)
  await output.close()
  expect(performance.now() - before).toBeLessThan(2_900)
  log.before = async () => undefined
  const next = await openOutput(log)
  expect(await next.drain()).toBe(true)
  expect(log.text('stdout')).toBe('one\ntwo\n')
})

test('a process whose child keeps the stream open does not hold drain up for long', async () => {
  const output = await openOutput(undefined)
  const note = join(folder, 'pid')
  await run(output, `echo done; sleep 60 & echo $! >${note}`)
  const before = performance.now()
  await output.drain()
  expect(performance.now() - before).toBeLessThan(30_000)
  process.kill(Number(readFileSync(note, 'utf8')), 'SIGKILL')
})

test('a slow attachment gets everything, also after drain and remove', async () => {
  const output = await openOutput(undefined)
  const attached = collect(output.attach({ stdin: false, stdout: true, stderr: true }), 2)
  await run(output, 'seq 1 300000')
  await output.drain()
  await output.remove()
  expect((await attached).stdout).toHaveLength(1_988_895)
})

test('an attachment that does not read is cut after a while, and the process goes on', async () => {
  const log = new MemoryLog()
  const output = await openOutput(log, { stallMs: 100 })
  const attachment = output.attach({ stdin: false, stdout: true, stderr: true })
  const iterator = attachment.output[Symbol.asyncIterator]()
  const first = iterator.next()
  await run(output, 'seq 1 400000')
  await first
  await drainWhole(output)
  expect(log.records).toHaveLength(400_000)
  await expect(
    (async () => {
      while (!(await iterator.next()).done);
    })(),
  ).rejects.toMatchObject({ code: 'OUTPUT_TOO_SLOW' })
})

test('an attachment begins at the moment it is made', async () => {
  const log = new MemoryLog()
  const output = await openOutput(log)
  await run(output, 'echo before')
  while (log.records.length === 0) await setTimeout(5)
  const attachment = output.attach({ stdin: false, stdout: true, stderr: false })
  await run(output, 'echo after; echo hidden >&2')
  await output.drain()
  expect(await collect(attachment)).toEqual({ stdout: 'after\n', stderr: '' })
})

test('an attachment can be closed while others go on', async () => {
  const output = await openOutput(undefined)
  const closing = output.attach({ stdin: false, stdout: true, stderr: true })
  const staying = collect(output.attach({ stdin: false, stdout: true, stderr: true }))
  const closed = collect(closing)
  closing.close()
  expect((await closed).stdout).toBe('')
  await run(output, 'echo hello')
  await output.drain()
  expect((await staying).stdout).toBe('hello\n')
})

test('input reaches a process that starts later, and ends', async () => {
  const output = await openOutput(undefined, { openStdin: true, stdinOnce: true })
  const attachment = output.attach({ stdin: true, stdout: true, stderr: true })
  const seen = collect(attachment)
  await attachment.write(Buffer.from('first\n'))
  const big = Buffer.alloc(3_000_000, 'x')
  const process = start(output, 'cat')
  await attachment.write(big)
  await attachment.write(Buffer.from('\nlast\n'))
  expect(attachment.endInput()).toBe(true)
  expect(existsSync(join(folder, 'c', 'stdin.ended'))).toBe(true)
  await once(process, 'exit')
  await output.drain()
  expect((await seen).stdout).toBe(`first\n${big.toString()}\nlast\n`)
})

test('the end of input is none where stdin stays open, and for a terminal', async () => {
  const open = await openOutput(undefined, { openStdin: true })
  expect(open.attach({ stdin: true, stdout: false, stderr: false }).endInput()).toBe(false)
  await open.remove()
  const terminal = await openOutput(undefined, { openStdin: true, stdinOnce: true, terminal: true })
  expect(terminal.attach({ stdin: true, stdout: true, stderr: true }).endInput()).toBe(false)
  expect(terminal.stdio).toEqual({
    terminal: true,
    stdin: join(folder, 'c', 'stdin'),
    stdout: join(folder, 'c', 'stdout'),
  })
})
