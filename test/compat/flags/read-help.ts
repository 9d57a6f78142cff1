/** An option as the help of a command shows it. */
export interface HelpFlag {
  /** `--memory` */
  readonly name: string
  /** `-m`, where there is a short form. */
  readonly short?: string
  /** The word for its value; absent for a switch. */
  readonly value?: string
}

/** What `docker COMMAND --help` tells. */
export interface Help {
  readonly commands: readonly string[]
  /** All names of the command, each without the leading `docker`; empty when it has but one. */
  readonly aliases: readonly string[]
  readonly flags: readonly HelpFlag[]
}

const flagLine = /^ +(?:(-\w), )?(--[a-z][\w-]*)(?: ([\w-]+))?(?: {2,}|$)/

/** Takes the help of a command of the docker CLI apart. Lines that it does not know are prose. */
export function readHelp(text: string): Help {
  const commands: string[] = []
  const aliases: string[] = []
  const flags: HelpFlag[] = []
  let section = ''
  for (const line of text.split('\n')) {
    const title = /^(\w[\w ]*):$/.exec(line)?.[1]
    if (title !== undefined) section = title
    else if (section.endsWith('Commands')) commands.push(...(/^ {2}([a-z][\w-]*)\*? /.exec(line)?.slice(1) ?? []))
    else if (section === 'Aliases') aliases.push(...readAliases(line))
    else if (section.endsWith('Options')) flags.push(...readFlag(line))
  }
  return { commands, aliases, flags }
}

function readAliases(line: string): string[] {
  return line
    .split(',')
    .map((each) => each.trim().replace(/^docker /, ''))
    .filter((each) => each !== '')
}

function readFlag(line: string): HelpFlag[] {
  const found = flagLine.exec(line)
  if (found === null) return []
  const [, short, name = '', value] = found
  return [{ name, ...(short === undefined ? {} : { short }), ...(value === undefined ? {} : { value }) }]
}
