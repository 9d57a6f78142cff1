import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import { expect, it } from 'vitest'

const bin = join(import.meta.dirname, '../../../node_modules/.bin')

/** Those of a language: one in each run of the tests, with MOBY_NEW_ALL both. */
export function proveNewIn(language: string, first: string, other: string): void {
  for (const kind of process.env['MOBY_NEW_ALL'] === undefined ? [first] : [first, other]) proveNew(kind, language)
}

/** What `moby new` writes does what its README says, away from the project, and passes the conformance kit. */
function proveNew(kind: string, language: string): void {
  it(
    `moby new ${kind} --lang ${language} makes a component whose tests and promises hold`,
    { timeout: 240_000 },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'new-'))
      try {
        const env = { PATH: `${bin}:${process.env['PATH']}` }
        await execa('moby', ['new', kind, '--lang', language, '--name', 'acme/fresh-one', 'fresh'], {
          cwd: folder,
          env,
        })
        const cwd = join(folder, 'fresh')
        expect(await readFile(join(cwd, 'component.yaml'), 'utf8')).toMatch(
          /^name: acme\/fresh-one$[^]*driver: fresh-one$/m,
        )
        const [, block = ''] = /```sh\n([^]*?)```/.exec(await readFile(join(cwd, 'README.md'), 'utf8')) ?? []
        const { all } = await execa('sh', ['-ec', block], { cwd, env, all: true, stdin: 'ignore' })
        expect(all).toMatch(/^acme\/fresh-one 0\.1\.0 as process: \d+ passed, 0 failed(, [12] not run)?$/m)
        const again = await execa('moby', ['new', kind, '--lang', language, 'fresh'], {
          cwd: folder,
          env,
          reject: false,
        })
        expect(again).toMatchObject({
          exitCode: 1,
          stderr: expect.stringContaining('error[DOCUMENT_EXISTS]') as string,
        })
        const other = await execa('moby', ['new', kind, '--lang', 'cobol', 'x'], { cwd: folder, env, reject: false })
        expect(other).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('it can be: moby new') as string })
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  )
}
