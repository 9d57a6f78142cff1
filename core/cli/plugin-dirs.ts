import { resolve } from 'node:path'
import { env } from 'node:process'
import type { PluginDirs } from '../kernel/host-option.ts'
import type { CommandLine } from './command-line.ts'

/** The folders of `--plugin-dir`, or of MOBY_PLUGIN_DIR, separated by colons; undefined when neither is there. */
export function pluginDirsOf(line: CommandLine): PluginDirs | undefined {
  const asked = line.value('plugin-dir')
  const text = asked ?? env['MOBY_PLUGIN_DIR'] ?? ''
  const folders = text.split(':').filter((folder) => folder !== '')
  if (folders.length === 0) return undefined
  return { folders: folders.map((folder) => resolve(folder)), asked: asked !== undefined }
}
