import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, openSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import type { Logger } from '@moby/contracts'
import { expect, test } from 'vitest'
import { Clock } from '../clock/clock.ts'
import { ContainerOutput } from './container-output.ts'
import { fileLog, readFileLog } from './file-log.fixture.ts'
import { someInfo } from './memory-log.fixture.ts'

const ignore = () => undefined
const logger: Logger = { debug: ignore, info: ignore, warn: ignore, error: ignore }

/** Numbered lines of all lengths: empty, short, longer than a piece; the last one without an end. */
function makeOutput(bytes: number): string {
  const lines: string[] = []
  for (let size = 0, number = 0; size < bytes; number += 1) {
    const chance = Math.random()
    const length =
      chance < 0.1 ? 0 : chance < 0.97 ? Math.floor(Math.random() * 120) : Math.floor(Math.random() * 50_000)
    const line = length === 0 ? '' : `${number} ${'x'.repeat(length)}`
    lines.push(line)
    size += line.length + 1
  }
  return `${lines.join('\n')}\nthe end`
}

function openOutput(folder: string, log: string): Promise<ContainerOutput> {
  return ContainerOutput.open({
    folder,
    terminal: false,
    openStdin: false,
    stdinOnce: false,
    clock: new Clock(),
    logger,
    log: { driver: fileLog(log), logId: 'log', info: someInfo },
  })
}

/** Carries output for a while in a process of its own, and kills that. */
async function pumpAndKill(folder: string, log: string): Promise<void> {
  const pump = spawn(process.execPath, [join(import.meta.dirname, 'pump.fixture.ts'), folder, log], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await Promise.race([once(pump.stdout, 'data'), once(pump, 'exit')])
  await setTimeout(Math.random() * 30)
  pump.kill('SIGKILL')
  await once(pump, 'exit')
}

/** How often the engine is killed while containers write. */
const rounds = 8

test('no line is missing or doubled when the engine is killed at random moments, and the writer waits meanwhile', async () => {
  const root = await mkdtemp(join(tmpdir(), 'kill-'))
  const [folder, log] = [join(root, 'c'), join(root, 'log')]
  const streams = ['stdout', 'stderr'] as const
  const expected = { stdout: makeOutput(12_000_000), stderr: makeOutput(2_000_000) }
  try {
    await pumpAndKill(folder, log)
    const writers = streams.map((stream) => {
      const descriptor = openSync(join(folder, stream), 'a')
      const writer = spawn('cat', { stdio: ['pipe', descriptor, 'inherit'] })
      closeSync(descriptor)
      return { writer, output: Buffer.from(expected[stream], 'latin1'), ended: once(writer, 'exit') }
    })
    for (let round = 0; round < rounds; round += 1) {
      for (const { writer, output } of writers) {
        const piece = output.length / rounds
        writer.stdin?.write(output.subarray(Math.floor(round * piece), Math.floor((round + 1) * piece)))
      }
      await pumpAndKill(folder, log)
    }
    for (const { writer } of writers) writer.stdin?.end()
    const output = await openOutput(folder, log)
    await Promise.all(writers.map(({ ended }) => ended))
    await output.drain()
    await output.remove()
    for (const stream of streams) expect(readFileLog(log, stream) === expected[stream], stream).toBe(true)
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}, 180_000)
