import { argumentWords, valueKind, type Entries } from './completed-words.ts'

/** Completion for bash, without the package bash-completion. */
export function bashCompletion(entries: Entries): string {
  const cases = Object.entries(entries).map(([name, entry]) => {
    const options = Object.keys(entry.options).map((option) => `--${option}`)
    return `    ${name}) options="${[...options, '--help'].join(' ')}" words="${argumentWords(entry, entries).join(' ')}" ;;`
  })
  const valued = optionsOf(entries)
  return `# bash completion of moby; source it, or put it into /usr/share/bash-completion/completions/moby
_moby() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]} options="" words=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "${Object.keys(entries).join(' ')} --help --version" -- "$cur"))
    return
  fi
  case $prev in
    ${valued.folder.join('|')}) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur")); return ;;
    ${valued.file.join('|')}) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); return ;;
    ${valued.other.join('|')}) return ;;
  esac
  case \${COMP_WORDS[1]} in
${cases.join('\n')}
  esac
  case $cur in
    -*) COMPREPLY=($(compgen -W "$options" -- "$cur")) ;;
    *)
      if [ -n "$words" ]; then
        COMPREPLY=($(compgen -W "$words" -- "$cur"))
      else
        compopt -o filenames 2>/dev/null
        COMPREPLY=($(compgen -f -- "$cur"))
      fi
      ;;
  esac
}
complete -F _moby moby
`
}

/** Options that take a value, by what it is. One that takes different things in different commands is \`other\`. */
function optionsOf(entries: Entries): Record<ReturnType<typeof valueKind>, string[]> {
  const kinds = new Map<string, Set<ReturnType<typeof valueKind> | 'none'>>()
  for (const { options } of Object.values(entries)) {
    for (const [name, { value }] of Object.entries(options)) {
      const seen = kinds.get(name) ?? new Set()
      kinds.set(name, seen.add(value === undefined ? 'none' : valueKind(value)))
    }
  }
  const found = { file: [] as string[], folder: [] as string[], other: [] as string[] }
  for (const [name, seen] of kinds) {
    const [only] = seen
    if (seen.has('none') || only === undefined || only === 'none') continue
    found[seen.size === 1 ? only : 'other'].push(`--${name}`)
  }
  return found
}
