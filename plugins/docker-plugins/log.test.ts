import {
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { logDriver, type LogInfo, type LogRecord } from '@moby/contracts'
import { EntryReader, frameEntry, type LogEntry } from '@moby/lib-docker-plugin-protocol'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { eventually } from './testing/eventually.ts'
import { FakePlugin, failing } from './testing/fake-plugin.ts'
import { TestShelf } from './testing/shelf.ts'

const info: LogInfo = {
  options: { tag: 'x' },
  containerId: 'c0ffee',
  containerName: '/web',
  entrypoint: 'sh',
  args: ['-c', 'true'],
  imageId: 'sha256:1',
  imageName: 'busybox',
  createdAt: '2024-01-01T00:00:00Z',
  env: ['A=b'],
  labels: { l: 'm' },
  daemonName: 'moby',
}

describe('a log plugin of Docker as a driver', () => {
  let root: string
  let shelf: TestShelf
  let plugin: FakePlugin
  const opened: number[] = []
  beforeEach(async () => {
    root = mkdtempSync(join(tmpdir(), 'moby-plug-'))
    for (const folder of ['plugins', 'data', 'run']) mkdirSync(join(root, folder))
    plugin = await FakePlugin.start(join(root, 'plugins/fake.sock'), ['LogDriver'], {
      'LogDriver.StartLogging': { Err: '' },
      'LogDriver.StopLogging': { Err: '' },
      'LogDriver.Capabilities': { Cap: { ReadLogs: true } },
    })
    shelf = open()
  })
  afterEach(async () => {
    await shelf.shelf.close()
    await plugin.stop()
    for (const descriptor of opened.splice(0)) closeSync(descriptor)
    expect(readdirSync(join(root, 'run/logging'))).toEqual([])
    rmSync(root, { recursive: true, force: true })
  })
  const driver = () => shelf.driver(logDriver, 'fake')
  const fifos = () => plugin.bodies('LogDriver.StartLogging').map((body) => (body as { File: string }).File)

  function open(): TestShelf {
    const made = new TestShelf(root, { waitMs: 50, deadlines: { 'LogDriver.StopLogging': 300 } })
    made.shelf.open()
    return made
  }

  /** Reads from a FIFO as a plugin does. */
  class Sink {
    readonly entries: LogEntry[] = []
    readonly #descriptor: number
    readonly #reader = new EntryReader()

    constructor(file: string) {
      this.#descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK)
      opened.push(this.#descriptor)
    }

    read(most = 1 << 20): string[] {
      const buffer = Buffer.alloc(Math.min(most, 4096))
      for (let left = most; left > 0;) {
        let length
        try {
          length = readSync(this.#descriptor, buffer, 0, Math.min(left, buffer.length), null)
        } catch {
          break
        }
        if (length === 0) break
        left -= length
        this.entries.push(...this.#reader.push(Buffer.from(buffer.subarray(0, length))))
      }
      return this.entries.map(({ line }) => Buffer.from(line).toString())
    }
  }

  const records = (...lines: string[]): LogRecord[] =>
    lines.map((line) => ({ stream: 'stdout', time: '2024-01-01T00:00:01.5Z', line: Buffer.from(line) }))
  const at = (stdout: number) => ({ stdout: String(stdout), stderr: '0' })

  it('is told of the container in the words of Docker, and reads entries from a FIFO', async () => {
    expect(await driver().open({ log: 'c0ffee', info })).toEqual({ position: { stdout: '0', stderr: '0' } })
    expect(plugin.bodies('LogDriver.StartLogging')).toEqual([
      {
        File: expect.stringMatching(/\/run\/logging\/[0-9a-f]{64}$/),
        Info: {
          Config: { tag: 'x' },
          ContainerID: 'c0ffee',
          ContainerName: '/web',
          ContainerEntrypoint: 'sh',
          ContainerArgs: ['-c', 'true'],
          ContainerImageID: 'sha256:1',
          ContainerImageName: 'busybox',
          ContainerCreated: '2024-01-01T00:00:00Z',
          ContainerEnv: ['A=b'],
          ContainerLabels: { l: 'm' },
          LogPath: '',
          DaemonName: 'moby',
        },
      },
    ])
    const sink = new Sink(fifos()[0] ?? '')
    const partial = { id: 'p', ordinal: 1, last: false }
    await driver().write({ log: 'c0ffee', records: records('one', 'two'), position: at(8) })
    await driver().write({
      log: 'c0ffee',
      records: records('half').map((record) => ({ ...record, partial })),
      position: at(12),
    })
    expect(sink.read()).toEqual(['one', 'two', 'half'])
    expect(sink.entries[0]).toMatchObject({ source: 'stdout', timeNano: 1_704_067_201_500_000_000n, partial: false })
    expect(sink.entries[2]).toMatchObject({ partial: true, metadata: partial })
    await driver().close({ log: 'c0ffee' })
    expect(plugin.bodies('LogDriver.StopLogging')).toEqual([{ File: fifos()[0] }])
    expect(existsSync(fifos()[0] ?? '')).toBe(false)
  })

  it('does not get a line twice, and goes on where it was after a restart of the engine', async () => {
    await driver().open({ log: 'c0ffee', info })
    const sink = new Sink(fifos()[0] ?? '')
    await driver().write({ log: 'c0ffee', records: records('one'), position: at(4) })
    await driver().write({ log: 'c0ffee', records: records('one'), position: at(4) })
    expect(sink.read()).toEqual(['one'])
    await shelf.shelf.close()
    shelf = open()
    expect(await driver().open({ log: 'c0ffee', info })).toEqual({ position: at(4) })
    await driver().remove({ log: 'c0ffee' })
    expect(await driver().open({ log: 'c0ffee', info })).toEqual({ position: at(0) })
    await driver().remove({ log: 'c0ffee' })
  })

  it('D14 that reads nothing makes a write fail in time, and gets each line once when it reads again', async () => {
    await driver().open({ log: 'c0ffee', info })
    const line = 'x'.repeat(16_000)
    const batch = {
      log: 'c0ffee',
      records: records(...Array.from({ length: 8 }, (_, index) => `${index}${line}`)),
      position: at(9),
    }
    const began = performance.now()
    await expect(driver().write(batch)).rejects.toMatchObject({
      code: 'LOG_SINK_STALLED',
      message: 'The log plugin fake has read nothing of the log of /web for 5000 ms',
      hint: expect.stringContaining('mode=non-blocking'),
    })
    expect(performance.now() - began).toBeLessThan(25_000)
    const sink = new Sink(fifos()[0] ?? '')
    const retried = driver().write(batch)
    await eventually(() => expect(sink.read()).toHaveLength(8))
    await retried
    expect(sink.read().map((each) => each[0])).toEqual(['0', '1', '2', '3', '4', '5', '6', '7'])
    await driver().close({ log: 'c0ffee' })
  })

  it('D14 does not hold up the end of a log when it reads nothing and hangs', async () => {
    await driver().open({ log: 'c0ffee', info })
    await driver().write({ log: 'c0ffee', records: records('unread'), position: at(7) })
    plugin.answers['LogDriver.StopLogging'] = () => undefined
    const began = performance.now()
    await driver().close({ log: 'c0ffee' })
    expect(performance.now() - began).toBeLessThan(20_000)
    expect(existsSync(fifos()[0] ?? '')).toBe(false)
  })

  it('D14 in mode non-blocking loses what does not fit, and reads how much that was', async () => {
    const options = { mode: 'non-blocking', 'max-buffer-size': '32k' }
    await driver().open({ log: 'c0ffee', info: { ...info, options } })
    const line = 'x'.repeat(16_000)
    const began = performance.now()
    for (let index = 1; index <= 20; index += 1) {
      await driver().write({ log: 'c0ffee', records: records(`${index} ${line}`), position: at(index) })
    }
    // Each that waited for the plugin would take five seconds.
    expect(performance.now() - began).toBeLessThan(30_000)
    const sink = new Sink(fifos()[0] ?? '')
    await eventually(() => {
      sink.read()
      expect(sink.entries.length).toBeGreaterThan(2)
    })
    await eventually(async () => {
      await driver().write({ log: 'c0ffee', records: records('after'), position: at((1000 + performance.now()) | 0) })
      expect(sink.read().join('\n')).toMatch(/moby: \d+ log entries are missing here, because the log plugin fake/)
    })
    await eventually(() => expect(sink.read().at(-1)).toBe('after'))
    expect(shelf.lines.join('\n')).toContain('Log entries were dropped')
    await driver().close({ log: 'c0ffee' })
  })

  it('D14 that was started again is told of its logs and gets what it had not read', async () => {
    await driver().open({ log: 'c0ffee', info })
    const first = new Sink(fifos()[0] ?? '')
    await driver().write({ log: 'c0ffee', records: records('one', 'two', 'three'), position: at(14) })
    first.read(
      frameEntry({ source: 'stdout', timeNano: 1_704_067_201_500_000_000n, line: Buffer.from('one') }).length + 5,
    )
    expect(first.entries).toHaveLength(1)
    await plugin.kill()
    await plugin.restart()
    await eventually(() => expect(fifos()).toHaveLength(2))
    await eventually(async () => {
      await driver().write({ log: 'c0ffee', records: records('four'), position: at(19) })
    })
    const second = new Sink(fifos()[1] ?? '')
    await eventually(() => expect(second.read()).toEqual(['two', 'three', 'four']))
    await driver().close({ log: 'c0ffee' })
  })

  it('is needed to start a new log, while one that was there waits for it', async () => {
    plugin.answers['LogDriver.StartLogging'] = failing('no disk')
    await expect(driver().open({ log: 'new', info })).rejects.toMatchObject({
      message: 'LogDriver.StartLogging: no disk',
    })
    plugin.answers['LogDriver.StartLogging'] = {}
    await driver().open({ log: 'c0ffee', info })
    await shelf.shelf.close()
    await plugin.kill()
    shelf = open()
    await driver().open({ log: 'c0ffee', info })
    await expect(driver().write({ log: 'c0ffee', records: records('x'), position: at(2) })).rejects.toMatchObject({
      code: 'PLUGIN_AWAY',
    })
    await expect(driver().open({ log: 'new', info })).rejects.toMatchObject({ code: 'PLUGIN_AWAY' })
    await driver().close({ log: 'c0ffee' })
  })

  it('is read back with its lines and pieces, and what is no log is told', async () => {
    await driver().open({ log: 'c0ffee', info })
    const entry = (line: string, source = 'stdout') => frameEntry({ source, timeNano: 1n, line: Buffer.from(line) })
    plugin.answers['LogDriver.ReadLogs'] = (_call, response) =>
      void response.end(Buffer.concat([entry('a\n'), entry('b\n', 'stderr'), entry('pie'), entry('ce\n')]))
    const read = async () =>
      (await Array.fromAsync(driver().read({ log: 'c0ffee', tail: 5, streams: ['stdout'] }))).flat()
    expect((await read()).map(({ line, partial }) => [Buffer.from(line).toString(), partial?.last])).toEqual([
      ['a', undefined],
      ['pie', false],
      ['ce', undefined],
    ])
    expect(plugin.bodies('LogDriver.ReadLogs')).toMatchObject([
      { Config: { Since: '0001-01-01T00:00:00Z', Until: '0001-01-01T00:00:00Z', Tail: 5, Follow: false } },
    ])
    plugin.answers['LogDriver.ReadLogs'] = (_call, response) => void response.end('<html>')
    await expect(read()).rejects.toMatchObject({ code: 'PLUGIN_ANSWER_INVALID' })
    plugin.answers['LogDriver.Capabilities'] = { Cap: { ReadLogs: false } }
    await expect(read()).rejects.toMatchObject({ code: 'LOG_NOT_READABLE' })
    await driver().close({ log: 'c0ffee' })
  })

  it.each([
    [{ mode: 'sometimes' }, 'logging mode not supported: sometimes'],
    [{ 'max-buffer-size': '1m' }, "only supported with 'mode=non-blocking'"],
    [{ mode: 'non-blocking', 'max-buffer-size': 'much' }, 'is no size'],
  ])('refuses the options %j', async (options: Record<string, string>, words) => {
    mkdirSync(join(root, 'run/logging'), { recursive: true })
    await expect(driver().validate({ options })).rejects.toThrow(words)
  })
})
