import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bootEngine, collect, instanceIdOf, makeRoot, noInput, removeRoot } from './boot-engine.ts'

/** Kills among many verbs; `npm run campaign` does it for as long as one likes. */
const rounds = Number(process.env['MOBY_KILL_ROUNDS'] ?? 3)

let root: string

beforeEach(() => {
  root = makeRoot()
})

afterEach(() => {
  removeRoot(root)
})

/** Runs an engine in another process until it says that it is ready, waits a little more, and kills it. */
async function killAfter(task: string, milliseconds: number): Promise<void> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'engine-child.ts'), root, task], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'exit')
  await Promise.race([once(child.stdout, 'data'), ended])
  await sleep(milliseconds)
  child.kill('SIGKILL')
  await ended
}

/** What of an instance is on the host: mounts, cgroups, links. */
function leftovers(): string[] {
  const id = instanceIdOf(root)
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => line.includes(root))
  const cgroups = readdirSync('/sys/fs/cgroup')
    .map((controller) => join('/sys/fs/cgroup', controller, `moby-${id}`))
    .filter((path) => existsSync(path))
  return [...mounts, ...cgroups]
}

test('after kill -9 what lives is taken up, and what ended meanwhile is as if it had been watched', async () => {
  await killAfter('lives', 50)
  await sleep(1500)
  const booted = await bootEngine(root)
  const { containers, exec } = booted.engine
  const state = async (ref: string) => (await containers.inspect({ ref })).state
  try {
    expect((await containers.list({ all: true })).containers.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['stays', 'ends', 'returns', 'rests']),
    )
    await expect.poll(() => state('ends')).toMatchObject({ status: 'exited', exitCode: 7 })
    await expect
      .poll(() => state('goes').catch((error: unknown) => error))
      .toMatchObject({ code: 'CONTAINER_NOT_FOUND' })
    await expect.poll(() => state('returns')).toMatchObject({ status: 'running' })
    expect(await state('rests')).toMatchObject({ status: 'created' })
    expect(await state('stays')).toMatchObject({ status: 'running' })
    const lines: string[] = []
    for await (const batch of containers.logs({ ref: 'ends', stdout: true, stderr: true })) {
      lines.push(...batch.map(({ line }) => Buffer.from(line).toString()))
    }
    expect(lines).toEqual(Array.from({ length: 2000 }, (_, index) => `line ${index + 1}`))
    const { id } = await exec.create({ ref: 'stays', spec: { command: ['echo', 'here'], attachStdout: true } })
    expect((await collect(exec.start({ id }, noInput()))).stdout).toBe('here\n')
    await containers.stop({ ref: 'stays' })
    expect(await state('stays')).toMatchObject({ status: 'exited', exitCode: 5 })
    await containers.start({ ref: 'stays' })
    const { ports } = await containers.inspect({ ref: 'stays' })
    // One for IPv4, and one for IPv6 where the host has it.
    expect(new Set(ports.map(({ hostPort }) => hostPort)).size, JSON.stringify(ports)).toBe(1)
  } finally {
    await booted.stop('stop-containers')
  }
  expect(leftovers()).toEqual([])
})

test(
  'killed at random moments of many verbs, the engine comes back with nothing lost and nothing leaked',
  async () => {
    for (let round = 0; round < rounds; round += 1) {
      await killAfter('churn', 100 + Math.random() * 700)
      const booted = await bootEngine(root)
      const { containers, networks } = booted.engine
      try {
        for (const { id, name, state } of (await containers.list({ all: true })).containers) {
          expect(['created', 'running', 'exited', 'removing'], name).toContain(state.status)
          await containers.remove({ ref: id, force: true, volumes: true }).catch((error: unknown) => {
            expect(error).toMatchObject({ code: 'CONTAINER_NOT_FOUND' })
          })
        }
        for (const { id, predefined, containers: users } of (await networks.list({})).networks) {
          expect(users).toEqual([])
          if (!predefined) await networks.remove({ ref: id })
        }
        expect((await booted.volumes.list({})).volumes).toEqual([])
      } finally {
        await booted.stop('stop-containers')
      }
      expect(leftovers(), `round ${round}`).toEqual([])
      const folder = join(root, 'd', 'engine', 'containers')
      expect(existsSync(folder) ? readdirSync(folder) : []).toEqual([])
      expect(booted.problems.filter((text) => text.startsWith('error'))).toEqual([])
    }
  },
  60_000 + rounds * 40_000,
)
