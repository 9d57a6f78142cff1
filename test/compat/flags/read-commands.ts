import { execa } from 'execa'
import { readHelp, type HelpFlag } from './read-help.ts'

/** A command of the docker CLI. */
export interface Command {
  /** Its shortest name, `ps` and not `container ls`; empty for `docker` itself. */
  readonly name: string
  readonly aliases: readonly string[]
  readonly flags: readonly HelpFlag[]
  /** True when it only holds other commands. */
  readonly group: boolean
}

/** All commands of the docker CLI of this host, by its own help. One with several names comes once. */
export async function readCommands(): Promise<Command[]> {
  const found = new Map<string, Command>()
  let waiting: string[] = ['']
  while (waiting.length > 0) {
    // A few at a time: each is a process that wants a processor.
    const batch = waiting.slice(0, 4)
    const helps = await Promise.all(batch.map(async (path) => ({ path, help: await help(path) })))
    const further = helps.flatMap(({ path, help: { commands } }) => commands.map((each) => `${path} ${each}`.trim()))
    waiting = [...waiting.slice(batch.length), ...further]
    for (const { path, help: read } of helps) {
      const aliases = read.aliases.length === 0 ? [path] : read.aliases
      const name = aliases.toSorted((a, b) => a.split(' ').length - b.split(' ').length)[0] ?? path
      // What help is about has been asked by this very look.
      const flags = read.flags.filter((each) => each.name !== '--help')
      found.set(name, { name, aliases, flags, group: read.commands.length > 0 })
    }
  }
  return [...found.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

async function help(path: string) {
  // An engine that is not there hides no command and no flag, as one without their feature would.
  const env = { DOCKER_HOST: 'unix:///nonexistent/docker.sock', DOCKER_CONFIG: '/nonexistent' }
  const { stdout } = await execa('docker', [...path.split(' ').filter(Boolean), '--help'], { env, stdin: 'ignore' })
  return readHelp(stdout)
}
