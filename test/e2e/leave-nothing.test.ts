import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, rmdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import { expect, it } from 'vitest'
import { FolderWatch } from './folder-watch.ts'
import { instanceIdOfPath } from './footprint.ts'
import { leftOnHost } from './left-on-host.ts'

const cgroups = existsSync('/sys/fs/cgroup/pids') ? '/sys/fs/cgroup/pids' : '/sys/fs/cgroup'

it('what engines leave is found, also when their data roots are gone', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'w-'))
  const watch = new FolderWatch(folder)
  const [root, home, kept] = ['root', 'example/home', 'kept'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  for (const path of [root, home, kept]) await mkdir(path, { recursive: true })
  const deep = join(home, 'batch')
  await mkdir(deep)
  await execa('mount', ['-t', 'tmpfs', 'none', kept])
  const id = instanceIdOfPath(root)
  await execa('ip', ['link', 'add', `moby-${id}`, 'type', 'bridge'])
  await execa('nft', ['add', 'table', 'ip', `moby-${id}`])
  await execa('nft', ['add', 'table', 'ip', `moby-${instanceIdOfPath(deep)}`])
  await mkdir(join(cgroups, `moby-${id}`))
  const child = spawn('sleep', ['1000'], { stdio: 'ignore', env: { ...process.env, TMPDIR: folder } })
  await once(child, 'spawn')
  await rm(root, { recursive: true })
  await rm(join(folder, 'example'), { recursive: true })
  const paths = await watch.close()
  const ids = new Set([...paths].map(instanceIdOfPath))
  try {
    expect(await leftOnHost(folder, ids)).toEqual([
      `file ${kept}`,
      `mount ${kept}`,
      `link moby-${id}`,
      expect.stringContaining(`firewall table ip moby-${id} `),
      expect.stringContaining(`firewall table ip moby-${instanceIdOfPath(deep)} `),
      `cgroup ${cgroups}/moby-${id}`,
      `process ${child.pid} sleep 1000 `,
    ])
  } finally {
    await execa('umount', [kept])
    await rmdir(kept)
    await execa('ip', ['link', 'delete', `moby-${id}`])
    for (const each of [root, deep]) await execa('nft', ['delete', 'table', 'ip', `moby-${instanceIdOfPath(each)}`])
    await rmdir(join(cgroups, `moby-${id}`))
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  expect(await leftOnHost(folder, ids)).toEqual([])
  await rmdir(folder)
})
