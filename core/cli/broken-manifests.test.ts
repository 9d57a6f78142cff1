import { execFile } from 'node:child_process'
import { join } from 'node:path'
import process from 'node:process'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { run } from './run.ts'

const moby = join(import.meta.dirname, '../bin/moby')
const fixtures = join(import.meta.dirname, '../manifest/fixtures')

/** Fixture, code, place (of another file: with its name), what the caret underlines, words of the hint. */
const faults: readonly (readonly [string, string, string, string, string])[] = [
  ['alias-bomb', 'DOCUMENT_SYNTAX', '1:1', 'a', 'write the values out'],
  ['bad-assembly-version', 'RANGE_INVALID', '2:10', 'one', 'three numbers'],
  ['bad-entry-name', 'DOCUMENT_VALUE', '4:3', 'The_Store', 'must match'],
  ['bad-range', 'RANGE_INVALID', '7:14', 'newest', '^1.2.0'],
  ['bad-yaml', 'DOCUMENT_SYNTAX', '5:10', '"t/store', 'quotes'],
  ['broken-descriptor', 'DOCUMENT_KEY_UNKNOWN', 'components/broken/component.yaml:7:1', 'autor', 'known keys: name'],
  ['components-as-list', 'DOCUMENT_TYPE', '3:1', 'components', 'a mapping'],
  ['config-bad-word', 'CONFIG_VALUE', '9:13', 'cashed', 'did you mean cached?'],
  ['config-missing-key', 'CONFIG_KEY_MISSING', '7:5', 'config', 'add path'],
  ['config-out-of-range', 'CONFIG_VALUE', '9:14', '0', 'change the value'],
  ['config-unknown-key', 'CONFIG_KEY_UNKNOWN', '9:7', 'limti', 'did you mean limit?'],
  ['config-where-none-is-taken', 'CONFIG_KEY_UNKNOWN', '8:7', 'path', 'remove it'],
  ['config-wrong-type', 'CONFIG_TYPE', '9:14', '"ten"', 'a whole number'],
  ['config-wrong-type-deep', 'CONFIG_TYPE', '9:23', '3', 'put it in quotes'],
  ['contract-version', 'REQUIREMENT_VERSION', '5:10', 't/store', 'choose versions of store, ledger'],
  ['cycle', 'ASSEMBLY_CYCLE', '4:3', 'first', 'first needs ring.b of second'],
  ['driver-name-unused', 'DRIVER_NAME_UNUSED', '7:13', 'fast', 'leave the key driver out'],
  ['duplicate-driver', 'DRIVER_DUPLICATE', '9:10', 't/volume', 'driver: NAME'],
  ['duplicate-key', 'DOCUMENT_KEY_DUPLICATE', '7:3', 'store', 'keep one'],
  ['empty', 'DOCUMENT_TYPE', '1:1', '#', 'a mapping'],
  ['lock-bad-yaml', 'DOCUMENT_SYNTAX', 'lock-bad-yaml.lock:7:10', 't', 'colons'],
  ['lock-disagrees', 'LOCK_OUTDATED', '5:10', 't/other-store', 'run: moby lock --assembly'],
  ['lock-of-other-files', 'PAYLOAD_CHANGED', 'lock-of-other-files.lock:11:13', `sha256:${'0'.repeat(64)}`, 'moby lock'],
  ['lock-unknown-key', 'DOCUMENT_KEY_UNKNOWN', 'lock-unknown-key.lock:3:1', 'signer', 'known keys: lockVersion'],
  ['missing-folder', 'SOURCE_MISSING', '6:11', 'folder:nowhere', 'relative to the manifest'],
  ['missing-key', 'DOCUMENT_KEY_MISSING', '4:3', 'store', 'add use'],
  ['missing-requirement', 'REQUIREMENT_MISSING', '4:3', 'ledger', 'add t/other-store or t/store'],
  ['mode-not-built', 'NOT_SUPPORTED', '7:11', 'docker', 'mode: module, process or container'],
  ['mode-not-offered', 'COMPONENT_MODE', '7:11', 'container', 'mode: module'],
  ['mode-unknown', 'DOCUMENT_VALUE', '7:11', 'modul', 'did you mean module?'],
  ['not-locked', 'LOCK_MISSING', '1:11', 'broken', 'run: moby lock --assembly'],
  ['number-as-version', 'DOCUMENT_TYPE', '7:14', '0.1', 'put it in quotes'],
  ['only-prereleases', 'COMPONENT_VERSION_UNKNOWN', '5:10', 't/early', 'version: ^1.0.0-beta.1'],
  ['tab-indentation', 'DOCUMENT_SYNTAX', '5:1', '\t', 'indentation'],
  ['two-providers', 'PROVIDER_DUPLICATE', '7:3', 'spare', 'keep one'],
  ['unknown-component', 'COMPONENT_UNKNOWN', '5:10', 't/stroe', 'did you mean t/store?'],
  ['unknown-component-far', 'COMPONENT_UNKNOWN', '5:10', 'elsewhere/thing', 'it has t/broken'],
  ['unknown-key-at-top', 'DOCUMENT_KEY_UNKNOWN', '3:1', 'componets', 'did you mean components?'],
  ['unknown-key-in-entry', 'DOCUMENT_KEY_UNKNOWN', '7:5', 'verison', 'did you mean version?'],
  ['unknown-source', 'SOURCE_UNKNOWN', '6:11', 'foldr:components', 'did you mean folder:?'],
  ['unknown-tag', 'DOCUMENT_SYNTAX', '5:10', '!component', 'without tags'],
  ['unsatisfiable-range', 'COMPONENT_VERSION_UNKNOWN', '7:14', '^3.0.0', 'version: ^1.1.0'],
  ['wrong-type', 'DOCUMENT_TYPE', '7:15', 'yes', 'true or false'],
]

interface Outcome {
  readonly status: number | string | null | undefined
  readonly stdout: string
  readonly stderr: string
}

/** What the command answers within this process; it writes whole lines of text. */
async function answer(...args: readonly string[]): Promise<Outcome> {
  const written = { stdout: '', stderr: '' }
  for (const stream of ['stdout', 'stderr'] as const) {
    vi.spyOn(process[stream], 'write').mockImplementation((text) => {
      written[stream] += String(text)
      return true
    })
  }
  const status = await run(args)
  vi.restoreAllMocks()
  return { status, ...written }
}

/** The command in a process of its own, in the folder of the fixtures. */
async function runMoby(...args: readonly string[]): Promise<Outcome> {
  return await new Promise((resolve) => {
    execFile(moby, args, { cwd: fixtures }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : error.code, stdout, stderr }),
    )
  })
}

/** The parts of the one error in an output. */
function parse(stderr: string) {
  const lines = stderr.trimEnd().split('\n')
  const codes = lines.filter((line) => line.startsWith('error[')).map((line) => /^error\[(\w+)\]: \S/.exec(line)?.[1])
  const place = lines.find((line) => line.trimStart().startsWith('--> '))?.replace(/^ *--> /, '')
  const source = lines.find((line) => /^\d+ \|/.test(line)) ?? ''
  const carets = lines.find((line) => /^ +\| .*\^$/.test(line)) ?? ''
  const underlined = source.slice(carets.indexOf('^'), carets.lastIndexOf('^') + 1)
  return { codes, place, underlined, hint: lines.find((line) => line.startsWith('hint: ')) }
}

afterEach(() => vi.restoreAllMocks())

describe('a broken manifest', () => {
  it.each(faults)('%s is told as %s at %s', async (name, code, place, underlined, hint) => {
    const command = name.startsWith('lock-') || name === 'not-locked' ? 'verify' : 'lock'
    const { status, stdout, stderr } = await answer(command, '--assembly', join(fixtures, `${name}.yaml`))
    const told = parse(stderr)
    expect(told).toMatchObject({ codes: [code], underlined })
    expect(told.place?.endsWith(/^\d/.test(place) ? `${name}.yaml:${place}` : place)).toBe(true)
    expect(told.hint).toContain(hint)
    expect(stderr).not.toMatch(/^\s+at /m)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  })

  it('D9 with two drivers of one name is refused, and names both in the order of the manifest', async () => {
    const { status, stderr } = await answer('lock', '--assembly', join(fixtures, 'duplicate-driver.yaml'))
    expect(status).toBe(1)
    expect(stderr).toMatch(/error\[DRIVER_DUPLICATE\]: [^]*one[^]*two/)
  })

  it.concurrent('is told at the command line when it does not exist', async () => {
    const { status, stderr } = await runMoby('up', '--assembly', 'nowhere.yaml')
    expect(parse(stderr)).toMatchObject({
      codes: ['DOCUMENT_MISSING'],
      place: 'command line:1:20',
      underlined: 'nowhere.yaml',
    })
    expect(status).toBe(1)
  })

  it.concurrent('is refused when it is no text', async () => {
    const { status, stderr } = await runMoby('lock', '--assembly', 'not-utf8.yaml')
    expect(parse(stderr)).toMatchObject({ codes: ['DOCUMENT_UNREADABLE'], place: 'not-utf8.yaml:1:1' })
    expect(status).toBe(1)
  })

  it.concurrent('refuses to start as it refuses to be locked', async () => {
    const { status, stderr } = await runMoby(
      'up',
      '--assembly',
      'lock-disagrees.yaml',
      '--data-root',
      '/nonexistent/root',
    )
    expect(parse(stderr)).toMatchObject({ codes: ['LOCK_OUTDATED'], underlined: 't/other-store' })
    expect(status).toBe(1)
  })
})
