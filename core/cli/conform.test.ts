import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ConformReport } from '../conform/case-result.ts'

const root = join(import.meta.dirname, '../..')
const moby = join(root, 'core/bin/moby')
const subject = join(root, 'core/testing/volume-process')
/** Usage needs no fixture there, and is where the sample fails when it is told to. */
const usage = 'storage.volume/usage'

describe('moby conform', { timeout: 90_000 }, () => {
  let folder: string
  let subjects: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'conform-test-'))
    subjects = join(folder, 'subjects')
    await mkdir(subjects)
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  /** Folders of subjects go below a folder of the test, so that what is left can be seen. */
  async function conform(...args: readonly string[]) {
    const env = { ...process.env, TMPDIR: subjects, PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH']}` }
    return await new Promise<{ status: unknown; stdout: string; stderr: string }>((resolve) => {
      execFile(moby, ['conform', ...args], { cwd: root, env }, (error, stdout, stderr) =>
        resolve({ status: error === null ? 0 : error.code, stdout, stderr }),
      )
    })
  }

  const report = async (file: string) => JSON.parse(await readFile(file, 'utf8')) as ConformReport

  it('passes a sound driver in a process, over SIGKILL, and leaves nothing', async () => {
    const { status, stdout } = await conform(subject)
    expect(stdout).toContain('testing/volume-process 1.2.0 as process: 19 passed, 0 failed, 6 not run\n')
    expect(stdout).toContain('not run storage.volume/create-with-other-options')
    expect(stdout).toContain('(nothing gives options)')
    expect(status).toBe(0)
    expect(await readdir(subjects)).toEqual([])
  })

  it('tells what a driver that forgets broke, against which words, and how to see it again', async () => {
    const [json, junit] = [join(folder, 'report.json'), join(folder, 'report.xml')]
    const args = [subject, '--config', '{fault: forgets}', '--json', json, '--junit', junit]
    const { status, stdout } = await conform(...args)
    expect(status).toBe(1)
    const { passed, failed, notRun, cases } = await report(json)
    expect({ passed, failed, notRun }).toEqual({ passed: 17, failed: 2, notRun: 6 })
    const found = cases.find(({ outcome }) => outcome === 'failed')
    expect(found).toMatchObject({
      id: 'storage.volume/restart-keeps',
      against: { contract: 'storage.volume', version: '0.1.0' },
      failure: {
        log: expect.arrayContaining([
          expect.stringMatching(/^went away .*SIGKILL/),
          expect.stringMatching(/^a call failed .*"storage.volume get".*VOLUME_NOT_FOUND/),
        ]) as string[],
      },
      again:
        "moby conform core/testing/volume-process --mode process --case storage.volume/restart-keeps --config '{fault: forgets}'",
    })
    expect(found?.failure?.at).toMatch(/^storage-volume\.ts:\d+$/)
    for (const words of [
      'promise   after a restart volumes, their options and their users are those of before',
      'mount: Makes the files available for one user.',
      found?.again ?? '-',
    ]) {
      expect(stdout).toContain(words)
    }
    const xml = await readFile(junit, 'utf8')
    expect(xml).toContain('<testsuites tests="25" failures="2" skipped="6">')
    expect(xml.match(/<failure message="/g)).toHaveLength(2)
    expect(xml).toContain('<skipped message="nothing gives options"/>')
  })

  it.each([
    ['dies', /DRIVER_LOST|DRIVER_AWAY/],
    ['hangs', /the case did not end within 15 s/],
    ['lies', /WIRE_RESPONSE_INVALID/],
  ])('goes on with a fresh subject when the driver %s', async (fault, message) => {
    const args = [subject, '--config', `{fault: ${fault}}`, '--timeout', '15']
    const { status, stdout } = await conform(...args, '--case', usage, '--case', 'storage.volume/restart-keeps')
    expect(stdout).toMatch(message)
    expect(stdout).toContain('ok      storage.volume/restart-keeps')
    expect(stdout).toContain('1 passed, 1 failed\n')
    expect(status).toBe(1)
    expect(await readdir(subjects)).toEqual([])
  })

  it('tells the last words of a component that does not start', async () => {
    const { status, stderr } = await conform(subject, '--config', '{fault: ends}')
    expect(stderr).toMatch(/^error\[PROCESS_EXITED\]: its process ended with exit status 3: there is nothing to serve/)
    expect(status).toBe(1)
  })

  it('gives the fixtures that the author tells in conform.yaml or on the command line', async () => {
    const module = join(root, 'plugins/volume-local')
    const other = 'storage.volume/create-with-other-options'
    expect((await conform(module, '--case', other)).stdout).toContain('1 passed, 0 failed\n')
    const without = await conform(module, '--case', other, '--fixture', 'options=false')
    expect(without.stdout).toContain('0 passed, 0 failed, 1 not run\n')
    expect(without.status).toBe(1)
  })

  it('refuses what cannot be asked for with status 2', async () => {
    const refused = async (...args: readonly string[]) => {
      const { status, stderr } = await conform(...args)
      expect(status).toBe(2)
      return stderr
    }
    expect(await refused(folder)).toContain('There is no component.yaml')
    expect(await refused(subject, '--mode', 'module')).toContain('hint: it can be process')
    expect(await refused(subject, '--case', `${usage}e`)).toContain(`did you mean ${usage}?`)
    expect(await refused(subject, '--fixture', 'nothing')).toContain('cases of this component need')
    expect(await refused(subject, '--timeout', 'soon')).toContain('no number of seconds')
    expect(await refused(join(root, 'plugins/ipam-pool'))).toContain('--with FOLDER')
  })

  it('runs a component in a container with what it is granted, over SIGKILL, and reports as for any mode', async () => {
    const [json, junit] = [join(folder, 'contained.json'), join(folder, 'contained.xml')]
    const one = 'storage.volume/restart-keeps'
    const args = ['plugins/volume-local', '--mode', 'container', '--case', one, '--json', json, '--junit', junit]
    const { status, stdout, stderr } = await conform(...args)
    expect(stderr).toBe('')
    expect(stdout).toContain('moby/volume-local 0.1.0 as container: 1 passed, 0 failed\n')
    expect(status).toBe(0)
    expect(await report(json)).toMatchObject({
      mode: 'container',
      cases: [
        { id: one, outcome: 'passed', again: `moby conform plugins/volume-local --mode container --case ${one}` },
      ],
    })
    expect(await readFile(junit, 'utf8')).toContain('<testsuites tests="1" failures="0" skipped="0">')
    expect(await readdir(subjects)).toEqual([])
  })

  it('runs a component with those that it requires', async () => {
    const args = ['plugins/ipam-pool', '--with', 'plugins/state-sqlite', '--case', 'network.ipam/addresses']
    expect((await conform(...args)).stdout).toContain('1 passed, 0 failed\n')
  })
})
