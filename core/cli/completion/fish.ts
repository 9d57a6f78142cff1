import { argumentWords, quoted, valueKind, type Entries } from './completed-words.ts'

/** Completion for fish. */
export function fishCompletion(entries: Entries): string {
  const lines = ['# fish completion of moby; put it into ~/.config/fish/completions/moby.fish', 'complete -c moby -f']
  for (const [name, entry] of Object.entries(entries)) {
    const within = `-n '__fish_seen_subcommand_from ${name}'`
    lines.push(`complete -c moby -n __fish_use_subcommand -a ${name} -d ${quoted(entry.summary)}`)
    for (const [option, { value, summary }] of Object.entries(entry.options)) {
      const kind = value === undefined ? undefined : valueKind(value)
      const takes =
        kind === undefined
          ? ''
          : kind === 'file'
            ? ' -r -F'
            : kind === 'folder'
              ? ` -x -a '(__fish_complete_directories)'`
              : ' -x'
      lines.push(`complete -c moby ${within} -l ${option}${takes} -d ${quoted(summary)}`)
    }
    const words = argumentWords(entry, entries)
    if (words.length > 0) lines.push(`complete -c moby ${within} -a ${quoted(words.join(' '))}`)
    else if ((entry.positionals ?? entry.optionalPositionals ?? []).length > 0)
      lines.push(`complete -c moby ${within} -F`)
  }
  return `${lines.join('\n')}\n`
}
