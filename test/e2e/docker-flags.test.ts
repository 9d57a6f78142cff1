import { describe, expect, it } from 'vitest'
import { makeSteps } from '../compat/flags/compare-flags.ts'
import { judge, type Compared } from '../compat/flags/judge.ts'
import { readCommands, type Command } from '../compat/flags/read-commands.ts'
import { readHelp } from '../compat/flags/read-help.ts'
import { readLine } from '../compat/flags/read-line.ts'
import { tally } from '../compat/flags/tally.ts'

const compared: Compared = {
  line: 'ps --all',
  command: 'ps',
  flags: ['--all'],
  globalFlags: [],
  dockerd: { exitCode: 0, stdout: 'one' },
  moby: { exitCode: 0, stdout: 'one' },
}
const ps: Command = {
  name: 'ps',
  aliases: ['container ls', 'ps'],
  flags: [{ name: '--all', short: '-a' }, { name: '--last', short: '-n', value: 'int' }, { name: '--size' }],
  group: false,
}

describe('the comparison of commands and flags with dockerd', () => {
  it('has a case for every command and flag that the help of the docker command tells of', async () => {
    const commands = await readCommands()
    const steps = makeSteps(commands).map(({ about }) => ({ ...about, dockerd: {}, moby: {}, differences: [] }))
    const absent = tally(commands, steps).filter((each) => each.verdict === 'absent')
    expect(absent.map(({ command, flag }) => `${command} ${flag ?? ''}`)).toEqual([])
    expect(commands.find(({ name }) => name === 'run')?.flags.map(({ name }) => name)).toContain('--memory')
    expect(steps.length).toBeGreaterThan(commands.length)
    // More than a hundred processes, which other tests may hold up.
  }, 120_000)

  it('reads names, short names and values of flags, aliases and commands from a help', () => {
    const help = [
      'Usage:  docker thing [OPTIONS]',
      '',
      'Aliases:',
      '  docker thing, docker t',
      '',
      'Management Commands:',
      '  part        Manage --parts',
      '',
      'Options:',
      '  -a, --all             Show all --those',
      '                        that are',
      '      --with-value map   A value',
      '',
    ].join('\n')
    expect(readHelp(help)).toEqual({
      commands: ['part'],
      aliases: ['thing', 't'],
      flags: [
        { name: '--all', short: '-a' },
        { name: '--with-value', value: 'map' },
      ],
    })
  })

  it('finds the flags of a line by all their names, and leaves values and operands alone', () => {
    const root: Command = { name: '', aliases: [''], flags: [{ name: '--host', value: 'list' }], group: true }
    const read = (...words: string[]) => readLine(words, [root, ps])
    expect(read('--host', 'x', 'container', 'ls', '-an', '3')).toEqual({
      command: ps,
      flags: ['--all', '--last'],
      globalFlags: ['--host'],
    })
    expect(() => read('ps', '--nope')).toThrow('knows no --nope')
    expect(() => read('nope')).toThrow('no command')
  })

  it('counts a flag as the same only when no answer of its cases differs', () => {
    const differing = { ...compared, line: 'ps --last 1', flags: ['--last'], moby: { exitCode: 0, stdout: 'two' } }
    const refused = { ...differing, line: 'ps --last 2', moby: { exitCode: 1, stdout: '' } }
    const verdicts = (...cases: Compared[]) =>
      Object.fromEntries(
        tally(
          [ps],
          cases.map((each) => judge(each, [])),
        ).map(({ flag = '', verdict }) => [flag, verdict]),
      )
    expect(verdicts(compared, differing)).toEqual({
      '': 'different',
      '--all': 'same',
      '--last': 'different',
      '--size': 'absent',
    })
    expect(verdicts(compared, refused)['--last']).toBe('refused')
  })

  it('gives a difference the reason that names both its line and its place', () => {
    const reason = { of: /^ps --all$/, at: /^\.stdout$/, why: 'It is so.' }
    const differing = { ...compared, moby: { exitCode: 1, stdout: 'two' } }
    expect(judge(differing, [reason]).differences).toEqual([
      { path: '.exitCode', expected: 0, actual: 1 },
      { path: '.stdout', expected: 'one', actual: 'two', reason },
    ])
  })
})
