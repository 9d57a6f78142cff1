import { isAbsolute, join } from 'node:path'
import process from 'node:process'
import type { Descriptor } from '@moby/contracts'

/** A program and its arguments. */
export interface Program {
  readonly file: string
  readonly args: readonly string[]
}

const hook = join(import.meta.dirname, '../modules/hook.ts')
const host = join(import.meta.dirname, 'host.ts')

/** What to start for a component whose payload lies in a folder. */
export function programOf(descriptor: Descriptor, folder: string): Program {
  const [program, ...args] = descriptor.command ?? []
  if (program !== undefined) {
    const inside = program.includes('/') && !isAbsolute(program)
    return { file: inside ? join(folder, program) : program, args }
  }
  const facts = JSON.stringify({ folder, name: descriptor.name, version: descriptor.version, entry: descriptor.entry })
  return {
    file: process.execPath,
    args: ['--max-semi-space-size=2', '--disable-warning=ExperimentalWarning', '--import', hook, host, facts],
  }
}

/** Variables that a component gets from the environment of the engine; everything else is the engine's own affair. */
const passed = [
  'PATH',
  'HOME',
  'LANG',
  'TZ',
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()]),
]

/** The environment of a component. */
export function environmentOf(
  engine: Readonly<Record<string, string | undefined>>,
  own: Readonly<Record<string, string>>,
): Record<string, string> {
  const kept = passed.flatMap((name): [string, string][] => {
    const value = engine[name]
    return value === undefined ? [] : [[name, value]]
  })
  return { ...Object.fromEntries(kept), ...own }
}
