import { realpathSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import type { Command } from '../command.ts'
import type { CommandLine } from '../command-line.ts'
import { makeUnits } from '../systemd/units.ts'
import { usage } from '../usage.ts'

const newest = 253

/** Prints the units that run an engine under systemd, or writes them into a folder. */
export const command: Command = {
  async run(line) {
    const units = makeUnits({
      moby: realpathSync(join(import.meta.dirname, '../../bin/moby')),
      args: argsOf(line),
      socket: line.value('socket') ?? '/run/moby-origin/docker.sock',
      group: line.value('group') ?? 'docker',
      systemd: await versionOf(line),
    })
    const folder = line.value('write')
    if (folder === undefined) {
      const parts = Object.entries(units).map(([name, text]) => `# ${name}\n${text}`)
      process.stdout.write(parts.join('\n'))
      return 0
    }
    for (const [name, text] of Object.entries(units)) await write(line, join(folder, name), text)
    process.stdout.write(
      `Wrote ${Object.keys(units).join(' and ')}\nNow: systemctl daemon-reload && systemctl enable --now moby-origin.socket moby-origin.service\n`,
    )
    return 0
  },
}

/** Files are told by their whole paths: the manager starts the engine in another folder. */
function argsOf(line: CommandLine): string[] {
  return ['assembly', 'config-file', 'data-root'].flatMap((name) => {
    const value = line.value(name)
    return value === undefined ? [] : [`--${name}`, resolve(value)]
  })
}

async function versionOf(line: CommandLine): Promise<number> {
  const asked = line.value('systemd-version')
  if (asked !== undefined) {
    if (/^\d+$/.test(asked)) return Number(asked)
    throw usage(line, `${asked} is no version of systemd`, 'write a number, as systemctl --version tells it', asked)
  }
  const { execa } = await import('execa')
  const { stdout = '' } = await execa('systemctl', ['--version'], { reject: false, timeout: 5_000 })
  const found = /^systemd (\d+)/.exec(stdout)?.[1]
  return found === undefined ? newest : Number(found)
}

async function write(line: CommandLine, path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o644 })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw usage(line, `${path} cannot be written: ${why}`, 'name a folder that is there: /etc/systemd/system')
  }
}
