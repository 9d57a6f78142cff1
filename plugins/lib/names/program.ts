import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const entry = fileURLToPath(new URL('process.ts', import.meta.url))

/** The process knows some hundred names and connections: a small heap keeps V8 from spending memory to save time. */
export const nodeOptions = [
  '--max-old-space-size=48',
  '--max-semi-space-size=1',
  '--v8-pool-size=0',
  '--disable-warning=ExperimentalWarning',
] as const

/** Name of the file with which the written program begins. */
export const writtenEntry = '0-process.mjs'

/** One source of the program. */
export interface Source {
  readonly text: string
  /** Name under which it is written without types. */
  readonly written: string
  /** What each of its specifiers becomes there. */
  readonly imports: ReadonlyMap<string, string>
}

/** The sources that the process runs: its own and those of ours that they import. */
export function collectSources(): Source[] {
  const paths = [entry]
  const sources: Source[] = []
  // Grows while it is gone through.
  for (const [number, path] of paths.entries()) {
    const text = readFileSync(path, 'utf8')
    const imports = new Map<string, string>()
    for (const specifier of specifiersOf(text)) {
      const found = createRequire(path).resolve(specifier)
      if (!found.endsWith('.ts')) {
        if (!specifier.startsWith('node:')) imports.set(specifier, pathToFileURL(found).href)
        continue
      }
      if (!paths.includes(found)) paths.push(found)
      imports.set(specifier, `./${writtenName(found, paths.indexOf(found))}`)
    }
    sources.push({ text, written: writtenName(path, number), imports })
  }
  return sources
}

/** Of the code that the process is to run. */
export function codeVersion(): string {
  const hash = createHash('sha256')
  for (const { text } of collectSources()) hash.update(text)
  return hash.digest('hex').slice(0, 16)
}

/** What is imported for its values. */
function specifiersOf(text: string): string[] {
  const statements = text.matchAll(/^(?:import|export) (?!type\b)[^'"]*?from '([^']+)'|\bimport\('([^']+)'\)/gm)
  return [...statements].map(([, from, lazily]) => from ?? lazily ?? '')
}

function writtenName(path: string, number: number): string {
  return `${number}-${basename(path, '.ts')}.mjs`
}
