import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { hasCode } from '@moby/contracts'
import { loadManifest, type ManifestFile } from '../manifest/load-manifest.ts'
import { atSpan } from '../manifest/problems.ts'
import type { CommandLine } from './command-line.ts'

/** The default assembly of the workspace that this command belongs to. */
export const originManifest = join(import.meta.dirname, '../../plugins/origin/moby.yaml')

/** The manifest that a call is about: --assembly, else ./moby.yaml, else Moby Origin. */
export function assemblyPath(line: CommandLine): string {
  const given = line.value('assembly')
  if (given !== undefined) return given
  if (existsSync('moby.yaml')) return 'moby.yaml'
  const shown = relative(process.cwd(), originManifest)
  return shown.startsWith('..') ? originManifest : shown
}

/** Reads that manifest; an error that it does not exist points at the command line. */
export async function openAssembly(line: CommandLine): Promise<ManifestFile> {
  try {
    return await loadManifest(assemblyPath(line))
  } catch (error) {
    throw pointAtCommandLine(error, line)
  }
}

/** A file that does not exist has no line; the word that named it has. */
export function pointAtCommandLine(error: unknown, line: CommandLine): unknown {
  if (!hasCode(error, 'DOCUMENT_MISSING') || error.span !== undefined) return error
  const shown = atSpan(error, line.spanOf(line.value('assembly')))
  return Object.assign(shown, { hint: shown.hint ?? 'name another with --assembly FILE, or make one: moby init' })
}
