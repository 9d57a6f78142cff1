import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'

export interface WrapperOptions {
  readonly binary: string
  /** Given before those of the shim. */
  readonly args: readonly string[]
  /** Runs it where the v2 hierarchy of a hybrid host cannot be seen. */
  readonly hideUnified: boolean
}

/**
 * Writes an executable script that calls the runtime in a certain way, and gives its path. The name is the
 * digest of the content and the file never changes: containers that were started with it need it for life.
 */
export function writeWrapper(folder: string, options: WrapperOptions): string {
  const script = scriptOf(options)
  const digest = createHash('sha256').update(script).digest('hex').slice(0, 32)
  const path = join(folder, `${basename(options.binary)}-${digest}`)
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, script, { mode: 0o500 })
  renameSync(draft, path)
  return path
}

/** Removes the wrappers of a folder that nothing uses any more. */
export function removeWrappers(folder: string, used: ReadonlySet<string>): void {
  if (!existsSync(folder)) return
  for (const name of readdirSync(folder)) {
    const path = join(folder, name)
    if (!used.has(path)) rmSync(path, { force: true })
  }
}

/** Only what makes cgroups must not see the v2 hierarchy; everything else goes straight to the runtime. */
function scriptOf({ binary, args, hideUnified }: WrapperOptions): string {
  const command = [binary, ...args].map(quote).join(' ')
  const hidden = `unshare -m sh -c 'umount /sys/fs/cgroup/unified && exec "$@"' sh ${command} "$@"`
  return [
    '#!/bin/sh',
    ...(hideUnified ? ['for word; do', `  case $word in create | run) exec ${hidden} ;; esac`, 'done'] : []),
    `exec ${command} "$@"`,
    '',
  ].join('\n')
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
