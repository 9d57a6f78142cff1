import { argumentWords, quoted, valueKind, type Entries } from './completed-words.ts'

const actions = { file: '_files', folder: '_files -/', other: ' ' } as const

/** Completion for zsh. */
export function zshCompletion(entries: Entries): string {
  const names = Object.entries(entries).map(([name, { summary }]) => `    ${quoted(`${name}:${summary}`)}`)
  const cases = Object.entries(entries).map(([name, entry]) => {
    const options = Object.entries(entry.options).map(([option, { value, summary }]) => {
      const about = `[${summary.replaceAll(/[[\]:]/g, (sign) => `\\${sign}`)}]`
      const taken = value === undefined ? '' : `:${value.replaceAll(':', '\\:')}:${actions[valueKind(value)]}`
      return quoted(`*--${option}${about}${taken}`)
    })
    const words = argumentWords(entry, entries)
    const rest = words.length === 0 ? quoted('*:file:_files') : quoted(`1:word:(${words.join(' ')})`)
    return `        ${name}) _arguments ${[...options, rest].join(' ')} ;;`
  })
  return `#compdef moby
# zsh completion of moby; put it as _moby into a folder of $fpath

_moby() {
  local line state
  local -a commands
  commands=(
${names.join('\n')}
  )
  _arguments -C '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe 'command' commands ;;
    argument)
      case $line[1] in
${cases.join('\n')}
      esac
      ;;
  esac
}

if [ "$funcstack[1]" = _moby ]; then _moby "$@"; else compdef _moby moby; fi
`
}
