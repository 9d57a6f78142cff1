import { copyFile, mkdir, mkdtemp, open, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import type { ComponentContext, Implementation, storageVolume } from '@moby/contracts'
import { bindMount, mountsBelow } from '@moby/lib-linux'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import component from './index.ts'
import { LocalVolumes } from './local-volumes.ts'
import { writeRecord } from './volume-record.ts'

const lazily = { flush: false }
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** A log that keeps the volumes of which it was told. */
function listening() {
  const told = { warn: [] as unknown[], error: [] as unknown[] }
  const note = (level: 'warn' | 'error') => (_message: string, about?: Readonly<Record<string, unknown>>) =>
    void told[level].push(about?.['volume'])
  return { told, log: { ...silent, warn: note('warn'), error: note('error') } }
}

describe('local volumes', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vol-'))
  })
  afterEach(async () => {
    expect(mountsBelow(folder)).toEqual([])
    await rm(folder, { recursive: true, force: true })
  })

  it('mounts a tmpfs for its first user and unmounts it after its last', async () => {
    const volumes = await LocalVolumes.open(folder, silent)
    await volumes.create('scratch', { type: 'tmpfs', device: 'tmpfs', o: 'size=1m,mode=700' })
    const target = await volumes.mount('scratch', 'a')
    await volumes.mount('scratch', 'b')
    expect(mountsBelow(folder)).toEqual([target])
    await volumes.unmount('scratch', 'a')
    expect(mountsBelow(folder)).toEqual([target])
    await volumes.unmount('scratch', 'b')
  })

  it('binds a folder of the host', async () => {
    const source = join(folder, 'source')
    await mkdir(source)
    await writeFile(join(source, 'file'), '')
    const volumes = await LocalVolumes.open(join(folder, 'volumes'), silent)
    await volumes.create('bound', { type: 'none', device: source, o: 'bind' })
    expect(await readdir(await volumes.mount('bound', 'a'))).toEqual(['file'])
    await volumes.unmount('bound', 'a')
    await volumes.remove('bound')
    expect(await readdir(source)).toEqual(['file'])
  })

  it('takes away what others have mounted in a volume before it removes the files, and never what is in there', async () => {
    const [precious, volumes] = [join(folder, 'precious'), await LocalVolumes.open(join(folder, 'volumes'), silent)]
    await mkdir(precious)
    await writeFile(join(precious, 'file'), '')
    await volumes.create('lent', {})
    bindMount(precious, volumes.path('lent'))
    await volumes.remove('lent')
    expect(await readdir(precious)).toEqual(['file'])
  })

  it('knows its users after a restart, and sweeps what was half made', async () => {
    const first = await LocalVolumes.open(folder, silent)
    await first.create('kept', {})
    await first.mount('kept', 'a')
    await mkdir(join(folder, 'half/_data'), { recursive: true })
    const { log, told } = listening()
    const second = await LocalVolumes.open(folder, log)
    expect(told).toEqual({ warn: ['half'], error: [] })
    expect(second.list().map(({ name }) => name)).toEqual(['kept'])
    expect(await readdir(folder)).toEqual(['kept'])
    await expect(second.remove('kept')).rejects.toMatchObject({ code: 'VOLUME_IN_USE' })
    await second.unmount('kept', 'a')
    await second.remove('kept')
    expect(await readdir(folder)).toEqual([])
  })

  it('keeps the files of a volume whose record is damaged', async () => {
    await (await LocalVolumes.open(folder, silent)).create('mine', {})
    await writeFile(join(folder, 'mine/_data/file'), 'precious')
    await writeFile(join(folder, 'mine/volume.json'), '{"name":')
    const { log, told } = listening()
    const volumes = await LocalVolumes.open(folder, log)
    expect(told).toEqual({ warn: [], error: ['mine'] })
    expect(volumes.list()).toEqual([])
    await expect(volumes.create('mine', {})).rejects.toMatchObject({ code: 'VOLUME_OPTIONS_CONFLICT' })
    expect(await readdir(join(folder, 'mine/_data'))).toEqual(['file'])
  })

  it('unmounts at its start what nobody uses, and keeps what somebody does', async () => {
    const options = { type: 'tmpfs', device: 'tmpfs' }
    const first = await LocalVolumes.open(folder, silent)
    const targets: string[] = []
    for (const name of ['used', 'unused', 'half']) {
      await first.create(name, options)
      targets.push(await first.mount(name, 'a'))
    }
    await writeRecord(join(folder, 'unused'), { ...first.get('unused'), createdAt: 'x', options, users: [] }, lazily)
    await rm(join(folder, 'half/volume.json'))
    const second = await LocalVolumes.open(folder, silent)
    expect(mountsBelow(folder)).toEqual([targets[0]])
    expect(second.list().map(({ name }) => name)).toEqual(['unused', 'used'])
    await second.remove('unused')
    await second.unmount('used', 'a')
  })

  it('keeps the files of a volume whose record is that of another', async () => {
    await (await LocalVolumes.open(folder, silent)).create('mine', {})
    await mkdir(join(folder, 'other/_data'), { recursive: true })
    await copyFile(join(folder, 'mine/volume.json'), join(folder, 'other/volume.json'))
    const volumes = await LocalVolumes.open(folder, silent)
    expect(volumes.list().map(({ name }) => name)).toEqual(['mine'])
    expect((await readdir(folder)).toSorted()).toEqual(['mine', 'other'])
  })

  it('lets everybody into the files and nobody else into the folder, whatever the umask', async () => {
    const before = process.umask(0o077)
    try {
      const volumes = await LocalVolumes.open(join(folder, 'new'), silent)
      await volumes.create('open', {})
      expect((await stat(volumes.path('open'))).mode & 0o777).toBe(0o755)
    } finally {
      process.umask(before)
    }
    const other = join(folder, 'other')
    await LocalVolumes.open(other, silent)
    expect((await stat(other)).mode & 0o777).toBe(0o701)
  })

  it('counts no user whose mount failed, and goes on after a failure', async () => {
    const volumes = await LocalVolumes.open(folder, silent)
    await volumes.create('bad', { type: 'none', device: join(folder, 'nowhere'), o: 'bind' })
    const calls = [volumes.mount('bad', 'a'), volumes.mount('bad', 'b'), volumes.remove('bad')]
    const ends = await Promise.allSettled(calls)
    expect(ends.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled'])
    expect(ends[0]).toMatchObject({ reason: { code: 'VOLUME_OPTION_INVALID' } })
    expect(await readdir(folder)).toEqual([])
  })

  it('does one thing after another with one volume, also those that come later', async () => {
    const volumes = await LocalVolumes.open(folder, silent)
    const created = volumes.create('turns', {})
    const mounted = volumes.mount('turns', 'a')
    await created
    await expect(volumes.remove('turns')).rejects.toMatchObject({ code: 'VOLUME_IN_USE' })
    await mounted
  })

  it('unmounts after the last user also while a file is open', async () => {
    const volumes = await LocalVolumes.open(folder, silent)
    await volumes.create('busy', { type: 'tmpfs', device: 'tmpfs' })
    const file = await open(join(await volumes.mount('busy', 'a'), 'file'), 'w')
    try {
      await volumes.unmount('busy', 'a')
      expect(mountsBelow(folder)).toEqual([])
    } finally {
      await file.close()
    }
  })

  it('lie in the folder `volumes` of the data, where the next version looks for them', async () => {
    const context = { folders: { data: folder, run: folder }, log: silent } as unknown as ComponentContext
    const { provides } = await component.create(context)
    const driver = provides['storage.volume'] as Implementation<typeof storageVolume>
    await driver.create({ name: 'here', options: {} })
    expect(await driver.path({ name: 'here' })).toEqual({ mountpoint: join(folder, 'volumes/here/_data') })
  })

  it('mounts once, however often a user comes', async () => {
    const volumes = await LocalVolumes.open(folder, silent)
    await volumes.create('once', { type: 'tmpfs', device: 'tmpfs', o: 'size=1m' })
    const target = await volumes.mount('once', 'a')
    await writeFile(join(target, 'file'), '')
    await volumes.mount('once', 'a')
    await volumes.mount('once', 'b')
    expect(await readdir(target)).toEqual(['file'])
    await volumes.unmount('once', 'a')
    await volumes.unmount('once', 'b')
    expect(await readdir(target)).toEqual([])
  })

  it('says so when the kernel lacks the file system', async () => {
    const volumes = await LocalVolumes.open(folder, silent)
    await volumes.create('odd', { type: 'nosuchfs', device: 'none' })
    await expect(volumes.mount('odd', 'a')).rejects.toMatchObject({ code: 'HOST_LACKS' })
    await volumes.remove('odd')
  })

  it.each(['', 'x', '../up', '-dash', 'a/b', 'ü1'])('refuses the name %j in the words of docker', async (name) => {
    const volumes = await LocalVolumes.open(folder, silent)
    await expect(volumes.create(name, {})).rejects.toMatchObject({ code: 'VOLUME_NAME_INVALID' })
  })
})
