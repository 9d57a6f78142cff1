import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'

/** Mutants of one line that nobody can tell from the driver as it is, from outside. */
export interface Equivalent {
  /** The file, without its folder. */
  readonly file: string
  /** The line on which the change begins, without spaces around. */
  readonly at: string
  /** What the change writes; several are changes with one reason. */
  readonly becomes: readonly string[]
  /** What the change replaces, where the line has several that become the same. */
  readonly was?: string
  readonly why: string
}

/** The committed list of a driver: equivalent/DRIVER.yaml. None when there is no such file. Fails for one without reasons. */
export async function readEquivalents(plugin: string): Promise<readonly Equivalent[]> {
  const path = join(import.meta.dirname, 'equivalent', `${plugin}.yaml`)
  if (!existsSync(path)) return []
  const entries = (parse(await readFile(path, 'utf8')) ?? []) as Partial<Equivalent>[]
  return entries.map(({ file, at, becomes, why, ...rest }) => {
    if (file === undefined || at === undefined || becomes === undefined || why === undefined || why.length < 10) {
      throw new Error(
        `${path}: an entry needs file, at, becomes and why: ${JSON.stringify({ file, at, becomes, why })}`,
      )
    }
    return { file, at, becomes: [becomes].flat().map(String), why, ...rest }
  })
}
