import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeTar } from '@moby/lib-tar/testing'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { EngineProcess } from '../engine-process.ts'
import { openDescriptors } from '../open-descriptors.ts'
import type { SharedEngine } from '../shared-engine.ts'
import { until } from '../until.ts'

export function proveCp(shared: SharedEngine): void {
  let engine: EngineProcess
  let host: string

  beforeAll(async () => {
    engine = shared.engine
    host = await mkdtemp(join(tmpdir(), 'moby-cp-'))
    await mkdir(join(host, 'src/deep'), { recursive: true })
    await writeFile(join(host, 'src/file'), 'from host\n', { mode: 0o640 })
    await writeFile(join(host, 'src/deep/er'), 'deeper\n')
    await symlink('deep', join(host, 'src/link'))
    await mkdir(join(host, 'bound'))
    await writeFile(join(host, 'bound/there'), 'bound\n')
    const mounts = ['-v', 'vol:/data', '-v', `${host}/bound:/bound:ro`, '--tmpfs', '/scratch']
    await docker('create', '--name', 'created', ...mounts, '--user', '1000:1001', 'busybox', 'true')
    const script = 'mkdir /dir /ro; echo inside > /dir/file; ln -s /dir /abs; ln -s ../../../etc /up; sleep 600'
    await docker('run', '-d', '--name', 'running', '--network', 'none', ...mounts, 'busybox', 'sh', '-ec', script)
    await docker('create', '--name', 'locked', '--read-only', '-v', 'vol2:/data', 'busybox', 'true')
    await until(async () => (await engine.docker(['exec', 'running', 'test', '-L', '/up'])).exitCode === 0)
  })
  afterAll(async () => {
    await rm(host, { recursive: true, force: true })
  })

  const docker = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await engine.docker(args)
    expect([args.join(' '), exitCode, stderr]).toEqual([args.join(' '), 0, expect.any(String)])
    return stdout
  }
  const refused = async (...args: string[]) => {
    const { exitCode, stderr } = await engine.docker(args)
    expect([args.join(' '), exitCode]).toEqual([args.join(' '), 1])
    return stderr.trim()
  }
  const put = async (path: string, body: Uint8Array) => await engine.request('PUT', path, body)
  const archive = (container: string, path: string, more = '') =>
    `/containers/${container}/archive?path=${encodeURIComponent(path)}${more}`
  const stat = async (container: string, path: string) =>
    await new Promise<{ status: number; stat: Record<string, unknown> }>((resolve, reject) => {
      const call = request({ socketPath: engine.socket, method: 'HEAD', path: archive(container, path) }, (answer) => {
        const header = String(answer.headers['x-docker-container-path-stat'] ?? 'bnVsbA==')
        answer.resume()
        resolve({ status: answer.statusCode ?? 0, stat: JSON.parse(Buffer.from(header, 'base64').toString()) })
      })
      call.on('error', reject)
      call.end()
    })
  const openCount = async () => await openDescriptors(engine.pid)

  it('copies files and folders into containers and out of them, running and created, by the rules for names', async () => {
    for (const name of ['running', 'created']) {
      await docker('cp', join(host, 'src'), `${name}:/new`)
      await docker('cp', join(host, 'src'), `${name}:/new`)
      await docker('cp', `${host}/src/.`, `${name}:/etc`)
      await docker('cp', join(host, 'src/file'), `${name}:/data/renamed`)
      for (const [from, to] of [
        ['/new', 'a'],
        ['/new/.', 'a'],
        ['/etc/file', 'f'],
        ['/data/renamed', 'v'],
      ]) {
        await docker('cp', `${name}:${from}`, join(host, `${name}-${to}`))
      }
      expect((await readdir(join(host, `${name}-a`))).toSorted()).toEqual(['deep', 'file', 'link', 'src'])
      expect(await readFile(join(host, `${name}-a/src/deep/er`), 'utf8')).toBe('deeper\n')
      expect(await readlink(join(host, `${name}-a/link`))).toBe('deep')
      expect(await readFile(join(host, `${name}-f`), 'utf8')).toBe('from host\n')
      expect((await lstat(join(host, `${name}-f`))).mode & 0o777).toBe(0o640)
      expect(await readFile(join(host, `${name}-v`), 'utf8')).toBe('from host\n')
    }
    expect(await docker('exec', 'running', 'cat', '/data/renamed', '/new/src/deep/er')).toBe('from host\ndeeper')
    await docker('pause', 'running')
    await docker('cp', 'running:/dir/file', join(host, 'paused'))
    await docker('unpause', 'running')
    expect(await readFile(join(host, 'paused'), 'utf8')).toBe('inside\n')
  })

  it('follows a link with -L, gives files to the user of the container with -a, and streams with -', async () => {
    await docker('cp', 'running:/abs', join(host, 'as-link'))
    expect(await readlink(join(host, 'as-link'))).toBe('/dir')
    await docker('cp', '-L', 'running:/abs', join(host, 'followed'))
    expect(await readFile(join(host, 'followed/file'), 'utf8')).toBe('inside\n')
    await docker('cp', '-a', join(host, 'src/file'), 'created:/owned')
    await docker('cp', join(host, 'src/file'), 'created:/kept')
    const tar = makeTar([{ name: 'streamed/in', content: 'x', uid: 7, gid: 8 }])
    expect((await engine.docker(['cp', '-', 'created:/'], { input: tar.toString('latin1') })).exitCode).toBe(0)
    expect(await docker('cp', 'created:/streamed/in', '-')).toContain('in\0')
    await docker('commit', 'created', 'copied')
    const show = [
      'run',
      '--rm',
      '--network',
      'none',
      'copied',
      'stat',
      '-c',
      '%u:%g',
      '/owned',
      '/kept',
      '/streamed/in',
    ]
    expect(await docker(...show)).toBe('1000:1001\n0:0\n7:8')
  })

  it('tells what is at a path as Docker does', async () => {
    const root = await stat('running', '/')
    expect([root.status, root.stat['name'], root.stat['mode']]).toEqual([200, '/', 2 ** 31 + 0o755])
    const link = await stat('running', '/abs')
    expect(link.stat).toMatchObject({ name: 'abs', size: 4, mode: 2 ** 27 + 0o777, linkTarget: '/dir' })
    expect((await stat('running', '/abs/')).stat).toMatchObject({ name: 'abs', mode: 2 ** 31 + 0o755, linkTarget: '' })
    expect((await stat('running', 'abs/.')).stat).toMatchObject({ name: '.', mode: 2 ** 31 + 0o755 })
    expect((await stat('running', '/up/passwd')).stat).toMatchObject({ name: 'passwd' })
    expect((await stat('running', '../../dir/../dir/file')).stat).toMatchObject({ name: 'file', size: 7 })
    expect((await stat('running', '/none')).status).toBe(404)
    const { body, status } = await engine.request('GET', archive('running', '/none'))
    expect([status, JSON.parse(body)]).toEqual([404, { message: 'Could not find the file /none in container running' }])
    expect(await engine.request('GET', archive('running', ''))).toMatchObject({ status: 400 })
    const inFile = await engine.request('GET', archive('running', '/dir/file/'))
    expect(JSON.parse(inFile.body)).toEqual({ message: 'lstat /dir/file/: not a directory' })
  })

  it('a container that never started has the files that are mounted into it, empty, and no change is told', async () => {
    await docker('create', '--name', 'fresh', '--network', 'none', 'busybox', 'true')
    for (const path of ['/etc/resolv.conf', '/etc/hosts', '/etc/hostname', '/.dockerenv']) {
      const { status, stat: told } = await stat('fresh', path)
      expect([path, status, told['size']]).toEqual([path, 200, 0])
    }
    expect((await stat('fresh', '/etc/none')).status).toBe(404)
    expect(await docker('diff', 'fresh')).toBe('')
    await docker('cp', join(host, 'src/file'), 'fresh:/etc/kept')
    expect(await docker('diff', 'fresh')).toBe('C /etc\nA /etc/kept')
    await docker('rm', 'fresh')
  })

  it('refuses what is read-only and what is no folder', async () => {
    const tar = makeTar([{ name: 'f', content: 'x' }])
    const message = async (container: string, path: string, more = '') => {
      const { status, body } = await put(archive(container, path, more), tar)
      return [status, body === '' ? '' : (JSON.parse(body) as { message: string }).message]
    }
    expect(await message('running', '/bound')).toEqual([400, 'mounted volume is marked read-only'])
    expect(await message('locked', '/etc')).toEqual([400, 'container rootfs is marked read-only'])
    expect(await message('locked', '/data')).toEqual([200, ''])
    expect(await message('running', '/dir/file')).toEqual([400, 'extraction point is not a directory'])
    expect(await message('running', '/none')).toEqual([404, 'Could not find the file /none in container running'])
    expect(await message('none', '/')).toEqual([404, 'No such container: none'])
    await docker('exec', 'running', 'mkdir', '-p', '/kinds/f')
    expect(await message('running', '/kinds', '&noOverwriteDirNonDir=true')).toEqual([
      400,
      'cannot overwrite directory "f" with non-directory of that name',
    ])
    expect(await readdir(join(host, 'bound'))).toEqual(['there'])
    expect(await refused('cp', join(host, 'src/file'), 'running:/none/x')).toContain('Could not find the file /none')
  })

  it('C19, C20: runs nothing of the container and leaves its root by no link, whatever it does meanwhile', async () => {
    await writeFile(join(host, 'xz'), '#!/bin/sh\ntouch /ran\n', { mode: 0o755 })
    for (const name of ['xz', 'gzip', 'unpigz', 'tar']) await docker('cp', join(host, 'xz'), `running:/usr/bin/${name}`)
    const xz = await put(archive('running', '/dir'), Buffer.from('fd377a585a000004', 'hex'))
    expect([xz.status, xz.body]).toEqual([501, expect.stringContaining('xz')])
    expect((await engine.docker(['exec', 'running', 'test', '-e', '/ran'])).exitCode).toBe(1)
    const secret = join(host, 'secret')
    await mkdir(secret)
    const swap = `mkdir -p /race; cd /race; while mkdir d; do rmdir d; ln -s ../../../../../..${secret} d; rm d; done`
    await docker('exec', '-d', 'running', 'sh', '-c', swap)
    const tar = makeTar(Array.from({ length: 50 }, (_, at) => ({ name: `d/${at}`, content: 'x' })))
    for (let round = 0; round < 5; round += 1) await put(archive('running', '/race'), tar)
    expect(await readdir(secret)).toEqual([])
    await symlink(secret, join(host, 'out'))
    expect((await stat('running', `/up/../..${secret}`)).status).toBe(404)
  })

  it('a client that goes away, a restart and a removal leave nothing open', async () => {
    await docker('cp', 'running:/dir', join(host, 'warm'))
    await docker('create', '--name', 'gone', '-v', '/anonymous', 'busybox', 'true')
    const before = await openCount()
    // Reads nothing of a long answer.
    const reader = request({ socketPath: engine.socket, method: 'GET', path: archive('running', '/') })
    await new Promise((resolve) => reader.once('response', resolve).end())
    const writer = request({ socketPath: engine.socket, method: 'PUT', path: archive('gone', '/') })
    writer.on('error', () => undefined)
    writer.write(makeTar([{ name: 'half', content: 'x'.repeat(4 << 20) }]).subarray(0, 3 << 20))
    await until(async () => (await engine.request('GET', archive('gone', '/half'))).status === 200)
    // Whoever is in the middle of it is told, and the removal does not wait for the client.
    await docker('rm', '-f', '-v', 'gone')
    reader.destroy()
    writer.destroy()
    await until(async () => (await openCount()) <= before)
    const mounts = readFileSync(`/proc/${engine.pid}/mountinfo`, 'utf8').split('\n')
    expect(mounts.filter((line) => line.includes('gone') || line.includes('/race'))).toEqual([])
    await docker('restart', '-t', '0', 'running')
    await docker('cp', 'running:/dir/file', join(host, 'after'))
  })

  it('tells of each copy, and nothing of a look', async () => {
    await stat('locked', '/')
    await put(archive('locked', '/data'), makeTar([]))
    await docker('cp', 'locked:/bin/sh', join(host, 'told'))
    const until = String(Math.ceil(Date.now() / 1000) + 1)
    const told = await docker('events', '--since', '1h', '--until', until, '--filter', 'container=locked')
    expect(told.match(/ container ([a-z-]+)/g)?.slice(-2)).toEqual([
      ' container extract-to-dir',
      ' container archive-path',
    ])
    expect(told.match(/archive-path/g)).toHaveLength(1)
  })
}
