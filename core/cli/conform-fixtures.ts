import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { codedError, type Descriptor } from '@moby/contracts'
import { casesOf } from '@moby/contracts/conformance'
import { readDocument } from '../manifest/read-document.ts'
import { YamlFile } from '../manifest/yaml-file.ts'
import type { CommandLine } from './command-line.ts'
import { parseValue, usage } from './usage.ts'

type Given = Record<string, Record<string, unknown>>

/**
 * Fixtures that the author of a component tells: `conform.yaml` beside its descriptor (contract, then name and
 * value), and `--fixture NAME=VALUE` over it.
 */
export async function readFixtures(line: CommandLine, folder: string, { provides }: Descriptor): Promise<Given> {
  const given = await fromFile(
    join(folder, 'conform.yaml'),
    provides.map(({ contract }) => contract),
  )
  for (const word of line.values('fixture')) {
    const [name = '', ...rest] = word.split('=')
    const value = rest.length === 0 ? true : parseValue(line, rest.join('='))
    const contracts = provides.map(({ contract }) => contract).filter((contract) => needsOf(contract).includes(name))
    if (contracts.length === 0) {
      const known = [...new Set(provides.flatMap(({ contract }) => needsOf(contract)))]
      throw usage(
        line,
        `No case needs the fixture ${name}`,
        `cases of this component need ${known.join(', ') || 'none'}`,
        word,
      )
    }
    for (const contract of contracts) given[contract] = { ...given[contract], [name]: value }
  }
  return given
}

async function fromFile(file: string, contracts: readonly string[]): Promise<Given> {
  if (!existsSync(file)) return {}
  const yaml = YamlFile.parse(file, await readDocument(file, 'list of fixtures'))
  const value = (yaml.value ?? {}) as Given
  for (const [contract, fixtures] of Object.entries(value)) {
    if (!contracts.includes(contract)) {
      throw codedError('DOCUMENT_KEY_UNKNOWN', `The component does not provide ${contract}`, {
        span: yaml.spanOf([contract], 'key'),
        hint: `it provides ${contracts.join(', ')}`,
      })
    }
    const known = needsOf(contract)
    const stranger = Object.keys(fixtures ?? {}).find((name) => !known.includes(name))
    if (stranger === undefined) continue
    throw codedError('DOCUMENT_KEY_UNKNOWN', `No case of ${contract} needs the fixture ${stranger}`, {
      span: yaml.spanOf([contract, stranger], 'key'),
      hint: `known keys: ${known.join(', ')}`,
    })
  }
  return value
}

/** Fixtures that cases of a contract need. */
function needsOf(contract: string): readonly string[] {
  return [...new Set(casesOf(contract).flatMap(({ needs }) => needs))].filter((need) => need !== 'restart')
}
