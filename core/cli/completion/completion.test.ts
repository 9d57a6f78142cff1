import { execFileSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'
import { commands } from '../commands.ts'
import { bashCompletion } from './bash.ts'
import { fishCompletion } from './fish.ts'
import { zshCompletion } from './zsh.ts'

/** What bash offers for words, of which the last is being written. */
function offered(...words: readonly string[]): string[] {
  const line = words.map((word) => `'${word}'`).join(' ')
  const script = `${bashCompletion(commands)}
COMP_WORDS=(moby ${line}); COMP_CWORD=${words.length}; _moby; printf '%s\\n' "\${COMPREPLY[@]}"`
  return execFileSync('bash', ['--norc', '-c', script], { encoding: 'utf8', cwd: import.meta.dirname })
    .split('\n')
    .filter((word) => word !== '')
}

describe('completion', () => {
  it('in bash offers commands, the options of each, fixed words and files', () => {
    expect(offered('')).toEqual([...Object.keys(commands), '--help', '--version'])
    expect(offered('sy')).toEqual(['systemd'])
    expect(offered('up', '--met')).toEqual(['--metrics-addr'])
    expect(offered('version', '--met')).toEqual([])
    expect(offered('completion', '')).toEqual(['bash', 'zsh', 'fish'])
    expect(offered('help', 'apply')).toEqual(['apply'])
    expect(offered('up', '--config-file', 'bas')).toEqual(['bash.ts'])
    expect(offered('up', '--log-level', '')).toEqual([])
    expect(offered('up', '--data-root', 'bas')).toEqual([])
  })

  it.each([
    ['zsh', zshCompletion(commands)],
    ['fish', fishCompletion(commands)],
  ])('in %s has every command and each of its options', (_, text) => {
    for (const [name, { options }] of Object.entries(commands)) {
      const own = text.split('\n').filter((line) => new RegExp(`[ '(]${name}[ )':]`).test(line))
      for (const option of Object.keys(options)) {
        expect(own.some((line) => line.includes(`--${option}`) || line.includes(`-l ${option} `))).toBe(true)
      }
      expect(own.length).toBeGreaterThan(0)
    }
  })
})
