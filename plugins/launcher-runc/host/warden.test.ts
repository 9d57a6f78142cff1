import { fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { componentCgroups } from '../component-cgroup.ts'

describe('the warden', () => {
  let home: string
  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'moby-warden-'))
    await mkdir(join(home, 'image'))
    await copyFile('/bin/busybox', join(home, 'image/busybox'))
  })
  afterEach(() => rm(home, { recursive: true, force: true }))

  it.each(['runc', 'crun'])('leaves nothing of a launcher that was killed, with %s', async (binary) => {
    const instance = `w${basename(home).slice(-6).toLowerCase()}`
    const program = join(import.meta.dirname, '../testing/launcher-process.ts')
    const child = fork(program, [home, join(home, 'image'), instance, binary], { execArgv: [] })
    const [pid] = (await once(child, 'message')) as [number]
    expect(existsSync(`/proc/${pid}`)).toBe(true)
    child.kill('SIGKILL')
    await once(child, 'exit')
    const cgroups = () => componentCgroups({ id: instance, dataRoot: home, runRoot: home })
    expect(cgroups()).not.toEqual([])
    const left = async () => [
      ...[`/proc/${pid}`].filter((path) => existsSync(path)),
      ...cgroups(),
      ...(await readdir(join(home, 'run/lives'))),
    ]
    await expect.poll(left).toEqual([])
  })
})
