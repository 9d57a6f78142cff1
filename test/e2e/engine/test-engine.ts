import { readFileSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import {
  bootEngine,
  collect,
  makeRoot,
  noInput,
  removeRoot,
  run,
  type BootedEngine,
  type RunResult,
} from './boot-engine.ts'

type Spec = Parameters<typeof run>[2]

export interface ExecResult {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

export interface TestEngine {
  readonly booted: BootedEngine
  /** `docker run`. */
  run(command: string[], spec?: Spec, input?: AsyncIterable<Uint8Array>): Promise<RunResult>
  /** `docker run --detach`: gives the id. */
  start(command: string[], spec?: Spec, name?: string): Promise<string>
  /** `docker exec`. */
  exec(ref: string, command: string[], input?: AsyncIterable<Uint8Array>): Promise<ExecResult>
}

/** One engine for the tests of a file; no test leaves a container behind, and the file no mount and no problem. */
export function useEngine(): TestEngine {
  let booted: BootedEngine

  beforeAll(async () => {
    booted = await bootEngine(makeRoot())
  })

  afterEach(async () => {
    const { containers } = booted.engine
    for (const { id } of (await containers.list({ all: true })).containers) {
      await containers.remove({ ref: id, force: true, volumes: true }).catch(() => undefined)
    }
  })

  afterAll(async () => {
    await booted.stop('stop-containers')
    const left = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(booted.root))
    removeRoot(booted.root)
    expect(left).toEqual([])
    expect(booted.problems).toEqual([])
  })

  return {
    get booted() {
      return booted
    },

    run: (command, spec, input) => run(booted, command, spec, input),

    async start(command, spec = {}, name) {
      const { containers } = booted.engine
      const { id } = await containers.create({
        ...(name === undefined ? {} : { name }),
        spec: { image: 'busybox', command, ...spec },
      })
      await containers.start({ ref: id })
      return id
    },

    async exec(ref, command, input = noInput()) {
      const { id } = await booted.engine.exec.create({
        ref,
        spec: { command, attachStdout: true, attachStderr: true, attachStdin: true },
      })
      const output = await collect(booted.engine.exec.start({ id }, input))
      const { exitCode } = await booted.engine.exec.inspect({ id })
      return { ...output, exitCode }
    },
  }
}
