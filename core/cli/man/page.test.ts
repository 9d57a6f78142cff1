import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { commands } from '../commands.ts'
import { commandPage, overviewPage } from './page.ts'

const pages = [
  overviewPage(commands, '1.2.3'),
  ...Object.entries(commands).map(([name, entry]) => commandPage(name, entry, '1.2.3')),
]
/** What every line of a page may begin with. */
const requests = /^(?:\.(?:TH|SH|TP|\\")|[^.'])/

describe('manual pages', () => {
  it('have only requests of man(7), no lines that are read as requests, and no odd hyphens', () => {
    for (const page of pages) {
      for (const line of page.split('\n').filter((each) => each !== '')) {
        expect(line).toMatch(requests)
        if (!line.startsWith('.TH') && !line.startsWith('.\\"')) expect(line).not.toMatch(/(?<!\\)-/)
      }
      expect(page.match(/^\.TP\n/gm)?.length ?? 0).toBe(page.match(/^\.TP\n\\f[BI].*\n.+\n/gm)?.length ?? 0)
    }
  })

  it('tell each option with what it takes', () => {
    const page = commandPage('up', commands['up'] ?? expect.fail('there is no up'), '1.2.3')
    expect(page).toContain('.TH MOBY-UP 8 "" "Moby Origin 1.2.3" "Moby Origin"\n')
    expect(page).toMatch(/\.TP\n\\fB\\-\\-config\\-file\\fR \\fIFILE\\fR\nA daemon\.json/)
  })

  it('are without a warning of groff, where that is', async () => {
    const lint = (page: string) =>
      new Promise<string>((resolve, reject) => {
        const groff = execFile('groff', ['-man', '-Tutf8', '-ww', '-z'], (error, _, stderr) =>
          error === null ? resolve(stderr) : reject(error),
        )
        groff.stdin?.end(page)
      })
    const hasGroff = await promisify(execFile)('groff', ['--version']).then(
      () => true,
      () => false,
    )
    // The rules above hold everywhere; the program is a second opinion.
    if (hasGroff) expect(await lint(pages.join(''))).toBe('')
  })
})
