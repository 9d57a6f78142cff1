import type { CommandEntry } from '../command.ts'

/** The manual page of one command, `moby-up(8)`, in the language of man(7). */
export function commandPage(name: string, entry: CommandEntry, version: string): string {
  const options = Object.entries(entry.options).flatMap(([option, { value, summary }]) => [
    '.TP',
    `\\fB\\-\\-${escape(option)}\\fR${value === undefined ? '' : ` \\fI${escape(value)}\\fR`}`,
    sentence(summary),
  ])
  return page(`moby-${name}`, version, [
    '.SH NAME',
    `moby\\-${escape(name)} \\- ${escape(entry.summary)}`,
    '.SH SYNOPSIS',
    `\\fBmoby ${escape(name)}\\fR ${escape(entry.usage)}`.trimEnd(),
    ...(options.length === 0 ? [] : ['.SH OPTIONS', ...options]),
    ...exitStatus,
    '.SH SEE ALSO',
    '\\fBmoby\\fR(8)',
  ])
}

/** The page of the command itself, `moby(8)`. */
export function overviewPage(entries: Readonly<Record<string, CommandEntry>>, version: string): string {
  const list = Object.entries(entries).flatMap(([name, { summary }]) => [
    '.TP',
    `\\fBmoby\\-${escape(name)}\\fR(8)`,
    sentence(summary),
  ])
  return page('moby', version, [
    '.SH NAME',
    'moby \\- a container engine that is an assembly of versioned components',
    '.SH SYNOPSIS',
    '\\fBmoby\\fR \\fICOMMAND\\fR',
    '.SH DESCRIPTION',
    'A container engine is an assembly of versioned components, and the assembly is a file.',
    '.SH COMMANDS',
    ...list,
    ...exitStatus,
    '.SH FILES',
    '.TP',
    '\\fI/var/lib/moby\\-origin\\fR',
    'State of the engine, unless \\fB\\-\\-data\\-root\\fR names another folder.',
    '.TP',
    '\\fI/run/moby\\-origin/docker.sock\\fR',
    'Socket of the Docker API, unless \\fB\\-\\-host\\fR or the manifest name others.',
  ])
}

const exitStatus = [
  '.SH EXIT STATUS',
  '0 when it went well, 1 for an error, 2 for a wrong command line, 130 after a second signal.',
]

function page(title: string, version: string, lines: readonly string[]): string {
  const head = `.TH ${title.toUpperCase()} 8 "" "Moby Origin ${version}" "Moby Origin"`
  return `.\\" Made from the table of commands; edit that.\n${head}\n${lines.join('\n')}\n`
}

/** Words of roff: a hyphen that a reader may copy, no sign that begins a request. */
function escape(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll(/^([.'])/gm, '\\&$1')
}

function sentence(text: string): string {
  return escape(`${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith('.') ? '' : '.'}`)
}
