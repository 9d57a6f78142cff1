import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { didYouMean } from '../../manifest/did-you-mean.ts'
import type { Command } from '../command.ts'
import type { CommandLine } from '../command-line.ts'
import { commands } from '../commands.ts'
import { commandPage, overviewPage } from '../man/page.ts'
import { usage } from '../usage.ts'

/** Prints a manual page, to be read with `moby man up | man -l -`, or writes all of them. */
export const command: Command = {
  async run(line) {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
      version: string
    }
    const folder = line.value('write')
    const [name] = line.positionals
    if (folder === undefined) {
      process.stdout.write(name === undefined ? overviewPage(commands, version) : pageOf(line, name, version))
      return 0
    }
    const pages = [
      ['moby.8', overviewPage(commands, version)] as const,
      ...Object.entries(commands).map(
        ([each, entry]) => [`moby-${each}.8`, commandPage(each, entry, version)] as const,
      ),
    ]
    for (const [file, text] of pages) await write(line, join(folder, file), text)
    process.stdout.write(`Wrote ${pages.length} pages into ${folder}\n`)
    return 0
  },
}

function pageOf(line: CommandLine, name: string, version: string): string {
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (entry !== undefined) return commandPage(name, entry, version)
  const near = didYouMean(name, Object.keys(commands))
  throw usage(
    line,
    `moby has no command ${name}`,
    near === undefined ? 'see: moby help' : `did you mean ${near}?`,
    name,
  )
}

async function write(line: CommandLine, path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { mode: 0o644 })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw usage(line, `${path} cannot be written: ${why}`, 'name a folder that is there: /usr/share/man/man8')
  }
}
