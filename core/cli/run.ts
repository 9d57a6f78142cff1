import process from 'node:process'
import { commands } from './commands.ts'

const neededNode = 24

/** Runs one call of `moby` and answers its exit status: 0, 1 for an error, 2 for a wrong command line. */
export async function run(args: readonly string[]): Promise<number> {
  const node = Number(process.versions.node.split('.')[0])
  if (node < neededNode) {
    process.stderr.write(
      `moby needs Node ${neededNode}, this is ${process.versions.node}; run node_modules/.bin/moby\n`,
    )
    return 1
  }
  try {
    const [first = 'help', ...rest] = args
    const name =
      first === '--help' || first === '-h' ? 'help' : first === '--version' || first === '-v' ? 'version' : first
    const entry = Object.hasOwn(commands, name) ? commands[name] : undefined
    if (entry === undefined) throw await unknownCommand(args)
    if (rest.includes('--help') || rest.includes('-h')) return await run(['help', name])
    const { CommandLine } = await import('./command-line.ts')
    const line = CommandLine.parse(name, entry, rest)
    const { command } = await entry.load()
    return await command.run(line)
  } catch (error) {
    const { renderError } = await import('../manifest/render-error.ts')
    const { shown } = error as { shown?: unknown }
    process.stderr.write(typeof shown === 'string' ? shown : renderError(error))
    return (error as { code?: unknown }).code === 'COMMAND_USAGE' ? 2 : 1
  }
}

async function unknownCommand(args: readonly string[]): Promise<Error> {
  const { codedError } = await import('@moby/contracts/errors')
  const { didYouMean } = await import('../manifest/did-you-mean.ts')
  const { wordSpan } = await import('./command-line.ts')
  const near = didYouMean(args[0] ?? '', Object.keys(commands))
  return codedError('COMMAND_USAGE', `moby has no command ${args[0]}`, {
    hint: near === undefined ? 'see: moby help' : `did you mean ${near}?`,
    span: wordSpan(['moby', ...args], args[0]),
  })
}
