import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { bindMount, makePrivate, makeShared, unmount } from '@moby/lib-linux'
import { beforeAll, expect, it } from 'vitest'
import { makeBusyboxImage } from '../../../core/setup/busybox-image.ts'
import type { Subject } from '../../compat/subject.ts'
import type { SharedEngine } from '../shared-engine.ts'
import { get } from '../traps/queries.ts'

/** With MOBY_TRAPS_ENGINE=dockerd all but what needs folders of this host is held against dockerd. */
const onDockerd = process.env['MOBY_TRAPS_ENGINE'] === 'dockerd'

export function proveMounts(shared: SharedEngine): void {
  let subject: Subject

  beforeAll(async () => {
    subject = shared.subject
    const files = { 'data/file': 'of the image\n', 'data/deep/er': 'deeper\n' }
    const { archive } = await makeBusyboxImage({ reference: 'files:latest', files })
    expect((await subject.raw('POST', '/images/load?quiet=1', Buffer.from(archive))).status).toBe(200)
    const script =
      'cd /v; mkdir -p a/deep; echo inside >a/f; ln -s a good; ln -s ../../../../../../../etc bad; ln -s /etc abs'
    await docker('run', '--rm', '--network', 'none', '-v', 'parts:/v', 'busybox', 'sh', '-ec', script)
  })

  const docker = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await subject.docker(args)
    expect([args.join(' '), exitCode, stderr]).toEqual([args.join(' '), 0, expect.any(String)])
    return stdout
  }
  /** What a command prints in a container with such a mount, with its errors. */
  const run = async (mount: string, ...command: string[]) => {
    const flags = ['--rm', '--network', 'none', '--mount', mount]
    const { exitCode, stdout, stderr } = await subject.docker(['run', ...flags, 'busybox', ...command])
    return { exitCode, said: `${stdout}${stderr}` }
  }
  const part = (path: string) => `type=volume,src=parts,dst=/m,volume-subpath=${path}`
  const image = (more = '') => `type=image,src=files,dst=/m${more}`
  const mountsOf = async (name: string) =>
    (await get(subject, `/containers/${name}/json`))['Mounts'] as Record<string, unknown>[]

  it('a part of a volume is mounted, be it a file, and links are followed as long as they stay inside', async () => {
    expect(await run(part('a'), 'ls', '/m')).toEqual({ exitCode: 0, said: 'deep\nf' })
    expect(await run(part('./a/../good'), 'ls', '/m')).toEqual({ exitCode: 0, said: 'deep\nf' })
    expect(await run(part('a/f'), 'cat', '/m')).toEqual({ exitCode: 0, said: 'inside' })
    const written = await run(part('a/deep'), 'sh', '-c', 'echo new >/m/er')
    expect(written).toEqual({ exitCode: 0, said: '' })
    expect(await run('type=volume,src=parts,dst=/m', 'cat', '/m/a/deep/er')).toEqual({ exitCode: 0, said: 'new' })
    await docker('create', '--name', 'looked', '--mount', part('a/f'), 'busybox')
    // The first look leaves the file on which it is mounted.
    for (const look of ['first', 'second']) {
      const { status, bytes } = await subject.raw('GET', '/containers/looked/archive?path=/m')
      expect([look, status, String(bytes)]).toEqual([look, 200, expect.stringContaining('inside\n')])
    }
    await docker('rm', 'looked')
    const readOnly = await run(`${part('a')},readonly`, 'touch', '/m/x')
    expect(readOnly.said).toContain('Read-only file system')
  })

  it.each([
    ['bad', 125, 'path concatenation escapes the base directory, base: '],
    ['abs', 125, 'path concatenation escapes the base directory, base: '],
    ['none/such', 127, 'cannot access path '],
    ['../parts', 125, 'invalid mount config for type "volume": subpath must be a relative path within the volume'],
  ])('a part that is not inside a volume is refused: %s', async (path, exitCode, words) => {
    const refused = await run(part(path), 'ls', '/m')
    expect(refused).toEqual({ exitCode, said: expect.stringContaining(words) as string })
    expect(await docker('ps', '-aq')).toBe('')
  })

  it('a start that fails for a part that is not there leaves code 128 and can be repeated', async () => {
    await docker('create', '--name', 'later', '--network', 'none', '--mount', part('later'), 'busybox', 'ls', '/m')
    const { stderr } = await subject.docker(['start', 'later'])
    expect(stderr).toMatch(/cannot access path .*\/later: lstat .*\/later: no such file or directory/)
    expect((await get(subject, '/containers/later/json'))['State']).toMatchObject({ Status: 'created', ExitCode: 128 })
    await run('type=volume,src=parts,dst=/m', 'mkdir', '/m/later')
    await docker('start', '-a', 'later')
    await docker('rm', 'later')
  })

  it('an image is mounted as it is, whole or in part, and cannot be written', async () => {
    const warning = 'Image mount is an experimental feature'
    const whole = await run(image(), 'cat', '/m/data/file', '/m/data/deep/er')
    expect(whole).toEqual({ exitCode: 0, said: expect.stringContaining('of the image\ndeeper') as string })
    expect(whole.said).toContain(warning)
    expect((await run(image(',image-subpath=data/deep'), 'ls', '/m')).said).toMatch(/^er/)
    expect((await run(image(',image-subpath=data/file'), 'cat', '/m')).said).toMatch(/^of the image/)
    expect((await run(image(), 'touch', '/m/x')).said).toContain('Read-only file system')
    expect(await run(image(',image-subpath=gone'), 'ls', '/m')).toMatchObject({ exitCode: 127 })
    const outside = await run(image(',image-subpath=../etc'), 'ls', '/m')
    expect(outside.said).toContain('invalid mount config for type "image": subpath must be a relative path')
    const body = { Image: 'busybox', HostConfig: { Mounts: [{ Type: 'image', Source: 'nosuch', Target: '/m' }] } }
    const unknown = await subject.api('POST', '/containers/create', body)
    expect(unknown).toMatchObject({ status: 404, body: { message: 'No such image: nosuch:latest' } })
  })

  it('a container keeps the image that it mounts, told as Docker tells it, when the image is removed', async () => {
    await docker('tag', 'files', 'files:keep')
    const mount = 'type=image,src=files:keep,dst=/m'
    await docker('create', '--name', 'keeper', '--network', 'none', '--mount', mount, 'busybox', 'cat', '/m/data/file')
    expect(await mountsOf('keeper')).toEqual([
      {
        Type: 'image',
        Name: 'files:keep',
        Source: expect.stringMatching(/^\//) as string,
        Destination: '/m',
        Mode: '',
        RW: false,
        Propagation: 'rprivate',
      },
    ])
    await docker('rmi', 'files:keep')
    const refused = await subject.docker(['rmi', 'files'])
    expect([refused.exitCode, refused.stderr]).toEqual([
      1,
      expect.stringMatching(
        /conflict: unable to remove repository reference "files" \(must force\) - container \w+ is/,
      ),
    ])
    await docker('image', 'prune', '-af', '--filter', 'label!=none')
    expect(await docker('image', 'ls', '-q', 'files')).not.toBe('')
    await docker('rmi', '-f', 'files')
    expect(await docker('start', '-a', 'keeper')).toBe('of the image')
    const copied = await subject.raw('GET', '/containers/keeper/archive?path=/m/data/file')
    if (!onDockerd) expect(String(copied.bytes)).toContain('of the image\n')
    expect(await docker('start', '-a', 'keeper')).toBe('of the image')
    await docker('rm', 'keeper')
  })

  it('a tmpfs has the options that it is given, the last of those that contradict each other', async () => {
    const shown = async (flags: string[], api = {}) => {
      const name = `t${Math.random().toString(36).slice(2)}`
      if (flags.length > 0) await docker('create', '--name', name, ...flags, '--network', 'none', 'busybox', 'mount')
      else {
        const body = { Image: 'busybox', Cmd: ['mount'], HostConfig: { NetworkMode: 'none', Mounts: [api] } }
        expect((await subject.api('POST', `/containers/create?name=${name}`, body)).status).toBe(201)
      }
      const line = (await docker('start', '-a', name)).split('\n').find((each) => each.includes(' /t '))
      await docker('rm', name)
      return /\((.*)\)/
        .exec(line ?? '')?.[1]
        ?.split(',')
        .toSorted()
        .filter((word) => word !== 'inode64' && word !== 'seclabel')
    }
    expect(await shown(['--tmpfs', '/t:size=64k,mode=1770,exec'])).toEqual(
      ['rw', 'nosuid', 'nodev', 'relatime', 'size=64k', 'mode=1770'].toSorted(),
    )
    expect(await shown(['--mount', 'type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=700,readonly'])).toEqual(
      ['ro', 'nosuid', 'nodev', 'noexec', 'relatime', 'size=1024k', 'mode=700'].toSorted(),
    )
    const typed = { Type: 'tmpfs', Target: '/t', TmpfsOptions: { Options: [['exec']], Mode: 0o755 } }
    expect(await shown([], typed)).toEqual(['rw', 'nosuid', 'nodev', 'relatime', 'mode=755'].toSorted())
    for (const wrong of ['bogus', 'huge=always']) {
      const flags = ['--rm', '--network', 'none', '--tmpfs', `/t:${wrong}`]
      const { exitCode, stderr } = await subject.docker(['run', ...flags, 'busybox', 'true'])
      expect([exitCode, stderr]).toEqual([
        125,
        expect.stringContaining(`invalid tmpfs option "${wrong.split('=')[0]}"`) as string,
      ])
    }
  })

  it('mounts that are lent keep what they are, and a volume without a name goes with its last user', async () => {
    await docker('create', '--name', 'lender', '-v', '/own', '-v', 'parts:/p:ro', 'busybox', 'true')
    await docker(
      'create',
      '--name',
      'user',
      '--volumes-from',
      'lender:rw',
      '--network',
      'none',
      'busybox',
      'touch',
      '/p/x',
    )
    const lent = await mountsOf('user')
    expect(lent.map(({ Destination, Mode, RW }) => [Destination, Mode, RW]).toSorted()).toEqual([
      ['/own', '', true],
      ['/p', '', false],
    ])
    expect((await subject.docker(['start', '-a', 'user'])).stderr).toContain('Read-only file system')
    const own = String(lent.find(({ Destination }) => Destination === '/own')?.['Name'])
    await docker('rm', 'lender')
    expect(await docker('volume', 'ls', '-q')).toContain(own)
    await docker('rm', '-v', 'user')
    const left = await docker('volume', 'ls', '-q')
    expect(left).not.toContain(own)
    expect(left).toContain('parts')
  })

  it.skipIf(onDockerd)('what is mounted on the host shows in a container as its bind says', async () => {
    const host = await mkdtemp(join(tmpdir(), 'shared-'))
    const folders = ['shared', 'private', 'source/here'].map((name) => join(host, name))
    for (const folder of folders) await mkdir(folder, { recursive: true })
    for (const name of ['shared', 'private']) await mkdir(join(host, name, 'sub'))
    const [shared = '', secluded = ''] = folders
    try {
      makeShared(shared)
      makePrivate(secluded)
      const names = ['rslave', 'rshared', 'rprivate']
      for (const name of names) {
        await docker(
          'run',
          '-d',
          '--name',
          name,
          '--network',
          'none',
          '-v',
          `${shared}:/m:${name}`,
          'busybox',
          'sleep',
          '600',
        )
      }
      bindMount(join(host, 'source'), join(shared, 'sub'))
      const seen = await Promise.all(names.map(async (name) => await docker('exec', name, 'ls', '/m/sub')))
      expect(seen).toEqual(['here', 'here', ''])
      expect((await mountsOf('rslave'))[0]).toMatchObject({ Mode: 'rslave', Propagation: 'rslave' })
      unmount(join(shared, 'sub'))
      const refused = ['run', '--rm', '--network', 'none', '-v', `${secluded}/sub:/m:rshared`, 'busybox', 'true']
      expect((await subject.docker(refused)).stderr).toContain(
        `path ${secluded}/sub is mounted on ${secluded} but it is not a shared mount`,
      )
      for (const name of names) await docker('rm', '-f', name)
    } finally {
      for (const folder of [shared, secluded]) unmount(folder, { detach: true, ifMounted: true })
      await rm(host, { recursive: true, force: true })
    }
  })
}
