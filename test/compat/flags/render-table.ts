import { isRefused, type Item } from './tally.ts'
import type { Judged } from './judge.ts'

/** The page of what is the same and what is not. Nothing in it changes from run to run but by a change of an answer. */
export function renderTable(items: readonly Item[], judged: readonly Judged[], client: string): string {
  const groups: readonly (readonly [string, readonly Item[]])[] = [
    ['commands', items.filter((each) => each.flag === undefined)],
    ['flags of `docker run`', items.filter((each) => each.flag !== undefined && each.command === 'run')],
    ['flags of `docker create`', items.filter((each) => each.flag !== undefined && each.command === 'create')],
    [
      'flags of other commands',
      items.filter((each) => each.flag !== undefined && !/^(run|create)$/.test(each.command)),
    ],
    ['all', items],
  ]
  return [
    '# How alike the docker command finds it',
    '',
    '<!-- Written by `npm run compat -- flags`. -->',
    '',
    `Every command of the docker CLI ${client}, and every flag that its \`--help\` tells of, is run against dockerd 28.5`,
    'and against Moby Origin on the same host, and all that can be seen is compared: exit code, both outputs, what',
    '`docker inspect` tells, and for `run` and `create` what the flag does inside the container.',
    '',
    'Not compared are ids, times, process numbers, addresses and ports that an engine chose, sizes on disk, names made up,',
    'where and by which driver layers are kept, and words in which two versions of runc differ. The flags of swarm',
    'commands are left out: neither engine is in a swarm, and the commands themselves are compared.',
    '',
    '| | same | different | not supported | of | same |',
    '|---|--:|--:|--:|--:|--:|',
    ...groups.map(([name, members]) => summaryRow(name, members)),
    '',
    '## By command',
    '',
    'A command and its flags count one each.',
    '',
    '| command | same | of |',
    '|---|--:|--:|',
    ...byCommand(items),
    '',
    '## What is not the same',
    '',
    'Lines of the docker CLI whose answers differ. What refuses to do here what dockerd does is told with its error.',
    '',
    '| docker | difference |',
    '|---|---|',
    ...judged.filter((each) => each.differences.length > 0).map(differenceRow),
    '',
  ].join('\n')
}

function summaryRow(name: string, items: readonly Item[]): string {
  const count = (verdict: Item['verdict']) => items.filter((each) => each.verdict === verdict).length
  const share = items.length === 0 ? 100 : (100 * count('same')) / items.length
  return `| ${name} | ${count('same')} | ${count('different')} | ${count('refused')} | ${items.length} | ${share.toFixed(1)} % |`
}

function byCommand(items: readonly Item[]): string[] {
  const names = [...new Set(items.map((each) => each.command))]
  return names.map((name) => {
    const own = items.filter((each) => each.command === name)
    const same = own.filter((each) => each.verdict === 'same').length
    return `| \`${`docker ${name}`.trim()}\` | ${same} | ${own.length} |`
  })
}

function differenceRow(each: Judged): string {
  const whys = [...new Set(each.differences.map(({ reason }) => reason?.why ?? 'Not explained.'))].join(' ')
  const error = isRefused(each) ? ` Not supported: ${cell(errorOf(each))}` : ''
  return `| \`${cell(each.line)}\` | ${whys}${error} |`
}

function errorOf({ moby }: Judged): string {
  const started = moby['started'] as { stderr?: string } | undefined
  return String(moby['stderr'] || started?.stderr || '')
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ').trim()
}
