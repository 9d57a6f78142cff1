import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { contractCatalog, type Descriptor } from '@moby/contracts'
import { casesOf, type ConformanceCase } from '@moby/contracts/conformance'
import { readComponentFolder } from '../conform/component-folder.ts'
import type { ConformOptions } from '../conform/conform-component.ts'
import { testableModes, type SubjectSetting, type TestableMode } from '../conform/subject.ts'
import { didYouMean } from '../manifest/did-you-mean.ts'
import type { CommandLine } from './command-line.ts'
import { readFixtures } from './conform-fixtures.ts'
import { parseValue, usage } from './usage.ts'

const defaultTimeout = 120

/** What a call of `moby conform` asks for. */
export type ConformCall = Pick<ConformOptions, 'setting' | 'cases' | 'fixtures' | 'timeoutMs' | 'keep'>

/** Reads the words of a call. Throws COMMAND_USAGE for what cannot be, or what is wrong with the descriptor. */
export async function readConformCall(line: CommandLine): Promise<ConformCall> {
  const folder = resolve(line.positionals[0] ?? '.')
  for (const each of [folder, ...line.values('with').map((one) => resolve(one))]) checkFolder(line, each)
  const descriptor = await readComponentFolder(folder)
  const setting: SubjectSetting = {
    folder,
    descriptor,
    mode: readMode(line, descriptor),
    config: readConfig(line),
    neighbours: line.values('with').map((each) => resolve(each)),
  }
  checkNeighbours(line, setting)
  const cases = readCases(line, descriptor)
  return {
    setting,
    cases,
    fixtures: await readFixtures(line, folder, descriptor),
    timeoutMs: readTimeout(line),
    keep: line.flag('keep'),
  }
}

function checkFolder(line: CommandLine, folder: string): void {
  if (existsSync(join(folder, 'component.yaml'))) return
  const word = [...line.positionals, ...line.values('with')].find((each) => resolve(each) === folder)
  throw usage(line, `There is no component.yaml in ${folder}`, 'name the folder of a component', word)
}

/** The mode that is asked for, else the first that the component can run in; a process proves more than a module. */
function readMode(line: CommandLine, { name, modes, command, entry, image }: Descriptor): TestableMode {
  const runs = {
    process: command ?? entry,
    container: image?.folder ?? image?.command ?? command ?? entry,
    module: entry,
  } satisfies Record<TestableMode, unknown>
  const possible = testableModes.filter((mode) => modes.includes(mode) && runs[mode] !== undefined)
  const asked = line.value('mode')
  if (asked === undefined) {
    const [first] = possible
    if (first !== undefined) return first
    throw usage(line, `${name} runs in none of the modes that can be tested`, 'it needs `command`, `entry` or `image`')
  }
  const mode = testableModes.find((each) => each === asked)
  const hint =
    possible.length === 0 ? 'it has neither `command` nor `entry` nor `image`' : `it can be ${possible.join(' or ')}`
  if (mode === undefined) throw usage(line, `There is no mode ${asked} to test in`, hint, asked)
  if (!possible.includes(mode)) throw usage(line, `${name} does not run as ${mode}`, hint, asked)
  return mode
}

function readCases(line: CommandLine, { name, provides }: Descriptor): readonly ConformanceCase[] {
  const all = provides.flatMap(({ contract }) => casesOf(contract))
  if (all.length === 0) {
    const known = [...contractCatalog.keys()].filter((id) => casesOf(id).length > 0)
    throw usage(line, `The kit has no case for anything that ${name} provides`, `it has cases for ${known.join(', ')}`)
  }
  const asked = line.values('case')
  for (const id of asked) {
    if (all.some((each) => each.id === id || each.contract === id)) continue
    const near = didYouMean(
      id,
      all.map((each) => each.id),
    )
    throw usage(
      line,
      `There is no case ${id} for ${name}`,
      near === undefined ? 'see --list' : `did you mean ${near}?`,
      id,
    )
  }
  return asked.length === 0 ? all : all.filter(({ id, contract }) => asked.includes(id) || asked.includes(contract))
}

function checkNeighbours(line: CommandLine, { descriptor, neighbours }: SubjectSetting): void {
  const needed = (descriptor.requires ?? []).filter(({ optional }) => optional !== true).map(({ contract }) => contract)
  if (needed.length === 0 || neighbours.length > 0) return
  throw usage(
    line,
    `${descriptor.name} requires ${needed.join(', ')}`,
    'name components that provide it: --with FOLDER',
  )
}

function readConfig(line: CommandLine): Readonly<Record<string, unknown>> {
  const text = line.value('config')
  if (text === undefined) return {}
  const value = parseValue(line, text)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw usage(line, `--config is no mapping: ${text}`, "write it as YAML in one line: --config '{key: value}'", text)
}

function readTimeout(line: CommandLine): number {
  const text = line.value('timeout') ?? String(defaultTimeout)
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text) * 1_000
  throw usage(line, `--timeout is no number of seconds: ${text}`, 'write a whole number: --timeout 60', text)
}
