import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { codedError } from '@moby/contracts'
import { ProgramFacts } from './program-facts.ts'

const run = promisify(execFile)
const known = new ProgramFacts(askRuntime)

export interface RuntimeDescription {
  readonly name: string
  readonly version: string
  readonly commit?: string
  readonly features?: Record<string, unknown>
}

/**
 * What `--version` and `features` of an OCI runtime say. A runtime that does not know `features` has none to
 * tell. Fails with RUNTIME_BINARY_MISSING.
 */
export async function describeRuntime(path: string): Promise<RuntimeDescription> {
  try {
    return await known.of(path)
  } catch (cause) {
    throw codedError('RUNTIME_BINARY_MISSING', `The runtime ${path} does not tell its version`, { cause })
  }
}

async function askRuntime(path: string): Promise<RuntimeDescription> {
  const [version, features] = await Promise.all([
    run(path, ['--version'], { timeout: 5000 }),
    run(path, ['features'], { timeout: 5000 }).then(
      ({ stdout }) => parseObject(stdout),
      () => undefined,
    ),
  ])
  return { ...parseVersion(version.stdout), ...(features === undefined ? {} : { features }) }
}

/** Reads `runc version 1.1.5` and `commit: ...`, which crun and youki print in the same form. */
export function parseVersion(text: string): { name: string; version: string; commit?: string } {
  const [, name = 'unknown', version = 'unknown'] = /^(\S+) version:? (\S+)/m.exec(text) ?? []
  const [, commit] = /^commit: (\S+)/m.exec(text) ?? []
  return { name, version, ...(commit === undefined ? {} : { commit }) }
}

function parseObject(text: string): Record<string, unknown> | undefined {
  const value: unknown = JSON.parse(text)
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
}
