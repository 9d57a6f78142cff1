import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { mountsBelow } from '@moby/lib-linux'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LocalVolumes } from './local-volumes.ts'

const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

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

  it('knows its users after a restart, and sweeps what was half made', async () => {
    const first = await LocalVolumes.open(folder, silent)
    await first.create('kept', {})
    await first.mount('kept', 'a')
    await mkdir(join(folder, 'half/_data'), { recursive: true })
    const second = await LocalVolumes.open(folder, silent)
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
    const volumes = await LocalVolumes.open(folder, silent)
    expect(volumes.list()).toEqual([])
    await expect(volumes.create('mine', {})).rejects.toMatchObject({ code: 'VOLUME_OPTIONS_CONFLICT' })
    expect(await readdir(join(folder, 'mine/_data'))).toEqual(['file'])
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
