import { closeSync, openSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { openFlags, setXattrAt } from '@moby/lib-linux'
import { endMark, paddingOf, readTar, writeHeader } from '@moby/lib-tar'
import { inPieces, makeTar } from '@moby/lib-tar/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { makeBusyboxImage } from '../../core/setup/busybox-image.ts'
import { v1Archive, v1Id, type V1Sample } from '../../plugins/engine/images/fixtures/v1-archive.ts'
import { mustSkip } from '../skips.ts'
import { EngineProcess } from './engine-process.ts'
import { nothingLeft } from './footprint.ts'
import { listTree } from './tree-listing.ts'
import { until } from './until.ts'

const mebibyte = 1 << 20
const elderFile = makeTar([{ name: 'etc/elder', content: 'from before' }])
/** Size of the image that no engine may hold in memory; the acceptance run asks for 1024. */
const largeMebibytes = Number(process.env['MOBY_LARGE_MIB'] ?? 512)

describe.skipIf(mustSkip('docker-cli'))('archives and images made here', () => {
  let engine: EngineProcess
  let second: EngineProcess

  const start = async () => await EngineProcess.start({ endsContainers: true })
  beforeAll(async () => {
    ;[engine, second] = await Promise.all([start(), start()])
    await engine.loadBusybox()
  })
  afterAll(async () => {
    expect(await engine.destroy()).toEqual(nothingLeft)
    expect(await second.destroy()).toEqual(nothingLeft)
  })

  const docker = async (...args: string[]) => {
    const { exitCode, stdout, stderr } = await engine.docker(args)
    expect([args.join(' '), exitCode, stderr]).toEqual([args.join(' '), 0, stderr])
    return stdout
  }
  /** A script in a new container that is left behind; answers its name. */
  const inContainer = async (name: string, script: string, ...more: string[]) => {
    await docker('run', '--name', name, '--network', 'none', ...more, 'busybox', 'sh', '-ec', script)
    return name
  }
  const stream = (of: EngineProcess, path: string, method = 'GET') =>
    new Promise<AsyncIterable<Uint8Array>>((resolve, reject) => {
      const call = request({ socketPath: of.socket, method, path }, resolve)
      call.on('error', reject)
      call.end()
    })
  const bytesOf = async (of: EngineProcess, path: string) => {
    const chunks: Uint8Array[] = []
    for await (const chunk of await stream(of, path)) chunks.push(chunk)
    return Buffer.concat(chunks)
  }
  const treeOf = async (of: EngineProcess, container: string) =>
    await listTree(await stream(of, `/containers/${container}/export`))
  const stateOf = async (name: string) => await docker('inspect', '--format', '{{.State.Status}}', name)
  /** The same past the client, for what does not last. */
  const statusOf = async (name: string) => {
    const { body } = await engine.request('GET', `/containers/${name}/json`)
    return (JSON.parse(body) as { State: { Status: string } }).State.Status
  }
  /** Makes a file of no blocks that takes seconds to be read: whoever looks for a commit under way finds it. */
  const largeFile = 'truncate -s 2G /big'
  const imageCount = async () => (await docker('images', '-aq', '--no-trunc')).split('\n').length
  const ingest = async () =>
    (await readdir(join(engine.dataRoot, 'components/engine/images/ingest'))).filter((name) => name.startsWith('spool'))

  /** Everything that a layer can say. */
  const everything = [
    'mkdir -p /data/deep/er; echo one > /data/f; ln /data/f /data/hard; ln -s f /data/sym; mkfifo /data/pipe',
    'mknod /data/null c 1 3; mknod /data/disk b 7 9; truncate -s 10M /data/sparse; echo end >> /data/sparse',
    'chmod 4755 /data/f; chown 12:34 /data/deep; chmod 1777 /data/deep; touch -d "2001-02-03 04:05:06" /data/deep/er',
    'rm /bin/yes; rm -rf /home; mkdir /home; echo new > /home/new; rm -rf /sbin; echo file > /sbin',
    `mkdir -p "/data/$(printf '%0120d' 7)/$(printf '%0120d' 8)"; echo ä > "/data/ünïcode"`,
  ].join('; ')

  it('a commit has all that the container changed, and the same tree when it is run again', async () => {
    await docker(
      'run',
      '-d',
      '--name',
      'source',
      '--network',
      'none',
      'busybox',
      'sh',
      '-ec',
      `${everything}; sleep 600`,
    )
    await until(async () => (await engine.docker(['exec', 'source', 'test', '-e', '/data/ünïcode'])).exitCode === 0)
    const pid = await docker('inspect', '--format', '{{.State.Pid}}', 'source')
    const folder = openSync(`/proc/${pid}/root/data`, openFlags.O_RDONLY | openFlags.O_DIRECTORY)
    setXattrAt(folder, 'sparse', 'user.note', Buffer.from([0, 255, 10]))
    // cap_net_raw+ep, as struct vfs_cap_data of revision 2 has it.
    setXattrAt(folder, 'sparse', 'security.capability', Buffer.from('0100000200200000000000000000000000000000', 'hex'))
    closeSync(folder)
    const before = await treeOf(engine, 'source')
    const id = await docker(
      'commit',
      '-a',
      'me',
      '-m',
      'why',
      '-c',
      'ENV A=1',
      '-c',
      'CMD ["true"]',
      'source',
      'made:1',
    )
    expect(await stateOf('source')).toBe('running')
    await docker('create', '--name', 'again', 'made:1')
    const after = await treeOf(engine, 'again')
    expect(after).toEqual(before)
    expect(after.find((line) => line.startsWith('data/sparse:'))).toContain('user.note=00ff0a')
    expect(after.filter((line) => line.startsWith('home/'))).toHaveLength(1)
    const [image] = JSON.parse(await docker('image', 'inspect', 'made:1')) as Record<string, unknown>[]
    expect(image).toMatchObject({ Id: id, Author: 'me', Comment: 'why', Config: { Cmd: ['true'] } })
    expect(image).toMatchObject({ RootFS: { Layers: [expect.any(String), expect.any(String)] } })
    await docker('rm', '-f', 'source', 'again')
  })

  it('save and load give the same ids and bytes in another engine', async () => {
    const path = '/images/get?names=made&names=busybox'
    const archive = await bytesOf(engine, path)
    expect((await bytesOf(engine, path)).equals(archive)).toBe(true)
    const { status, body } = await second.request('POST', '/images/load', archive)
    expect([status, body]).toEqual([200, expect.stringContaining('Loaded image: made:1')])
    const format = ['images', '--no-trunc', '--format', '{{.Repository}}:{{.Tag}} {{.ID}} {{.Size}}']
    expect((await second.docker(format)).stdout).toBe(await docker(...format))
    expect((await bytesOf(second, path)).equals(archive)).toBe(true)
    await second.docker(['create', '--name', 'there', 'made:1'])
    await docker('create', '--name', 'here', 'made:1')
    expect(await treeOf(second, 'there')).toEqual(await treeOf(engine, 'here'))
    await Promise.all([docker('rm', 'here'), second.docker(['rm', 'there'])])
  })

  it('an archive of a Docker before 1.10 is loaded and run', async () => {
    const { archive } = await makeBusyboxImage({ reference: 'unused:1' })
    let layer: Uint8Array | undefined
    for await (const { entry, content } of readTar(inPieces(archive))) {
      if (entry.name.endsWith('layer.tar')) layer = Buffer.concat(await Array.fromAsync(content))
    }
    const [base, top] = [v1Id('a1'), v1Id('b2')]
    const json = { docker_version: '1.7.1', os: 'linux', created: '2015-07-14T22:33:31.100Z' }
    const samples: V1Sample[] = [
      { id: top, json: { ...json, parent: base, config: { Cmd: ['cat', '/etc/elder'] } }, layer: elderFile },
      { id: base, json, ...(layer === undefined ? {} : { layer }) },
    ]
    const { status, body } = await engine.request(
      'POST',
      '/images/load?quiet=0',
      v1Archive(samples, { elder: { '1': top } }),
    )
    const lines = body.trim().split('\n')
    const told = lines.map((line) => JSON.parse(line) as { status?: string; id?: string })
    expect([status, ...new Set(told.map((item) => item.status))]).toEqual([200, 'Loading layer'])
    expect(new Set(told.map(({ id }) => id))).toEqual(new Set([base, top].map((id) => id.slice(0, 12))))
    expect(await docker('run', '--rm', '--network', 'none', 'elder:1')).toBe('from before')
    expect(await docker('history', '-q', 'elder:1')).toMatch(/^[a-f0-9]{12}\n[a-f0-9]{12}$/)
    expect(await docker('images', '-q', 'elder')).toMatch(/^[a-f0-9]{12}$/)
  })

  it('what was deleted stays deleted in a commit of a commit', async () => {
    await docker(
      'run',
      '--name',
      'one',
      '--network',
      'none',
      'busybox',
      'sh',
      '-c',
      'mkdir -p /d/e; echo 1 >/d/e/f; echo 2 >/d/g',
    )
    await docker('commit', 'one', 'chain:1')
    await docker(
      'run',
      '--name',
      'two',
      '--network',
      'none',
      'chain:1',
      'sh',
      '-c',
      'rm -rf /d; mkdir /d; echo 3 >/d/h',
    )
    await docker('commit', 'two', 'chain:2')
    await docker('create', '--name', 'three', 'chain:2', 'true')
    const found = (await treeOf(engine, 'three')).filter((line) => line.startsWith('d/'))
    expect(found.map((line) => line.split(':')[0])).toEqual(['d/h'])
    expect(await treeOf(engine, 'three')).toEqual(await treeOf(engine, 'two'))
    await docker('rm', 'one', 'two', 'three')
    await docker('rmi', 'chain:2', 'chain:1')
  })

  it('a container that changed nothing gives an image without a further layer', async () => {
    await docker('run', '--name', 'idle', '--network', 'none', 'busybox', 'true')
    await docker('commit', 'idle', 'idle:1')
    const layers = async (name: string) => await docker('image', 'inspect', '--format', '{{json .RootFS.Layers}}', name)
    expect(await layers('idle:1')).toBe(await layers('busybox'))
    await docker('rm', 'idle')
    await docker('rmi', 'idle:1')
  })

  it('volumes, binds and tmpfs are not part of commit and export', async () => {
    await inContainer(
      'mounted',
      'echo x > /v/x; echo x > /t/x; echo x > /b/x',
      '-v',
      '/v',
      '--tmpfs',
      '/t',
      '-v',
      `${engine.dataRoot}/bound:/b`,
    )
    await docker('commit', 'mounted', 'mounted:1')
    await docker('create', '--name', 'looked', 'mounted:1', 'true')
    for (const name of ['mounted', 'looked']) {
      expect((await treeOf(engine, name)).filter((line) => /^[vtb]\//.test(line))).toEqual([])
    }
    await docker('rm', '-v', 'mounted', 'looked')
    await docker('rmi', 'mounted:1')
  })

  it('export and import give the tree as an image of one layer', async () => {
    await inContainer('exported', everything)
    const archive = await bytesOf(engine, '/containers/exported/export')
    const { status, body } = await engine.request(
      'POST',
      '/images/create?fromSrc=-&repo=flat&tag=1&changes=CMD+true',
      archive,
    )
    expect([status, body]).toEqual([200, expect.stringContaining('sha256:')])
    expect(await docker('image', 'inspect', '--format', '{{len .RootFS.Layers}} {{.Config.Cmd}}', 'flat:1')).toBe(
      '1 [/bin/sh -c true]',
    )
    await docker('create', '--name', 'flattened', 'flat:1')
    expect(await treeOf(engine, 'flattened')).toEqual(await treeOf(engine, 'exported'))
    await docker('rm', 'exported', 'flattened')
    await docker('rmi', 'flat:1')
  })

  it('history tells each step, its size and the images that it was made of', async () => {
    const parent = await docker('image', 'inspect', '--format', '{{.Id}}', 'busybox')
    const lines = (await docker('history', '--no-trunc', '--format', '{{.ID}} {{.Size}} {{.Comment}}', 'made:1')).split(
      '\n',
    )
    const id = await docker('image', 'inspect', '--format', '{{.Id}}', 'made:1')
    expect(lines[0]).toMatch(new RegExp(`^${id} 10\\.5MB why$`))
    expect(lines[1]).toMatch(new RegExp(`^${parent} 1\\.98MB`))
  })

  it('a commit while the container writes is of one moment', async () => {
    const script = 'i=0; while :; do i=$((i+1)); echo $i > /a; echo $i > /b; done'
    await docker('run', '-d', '--name', 'writer', '--network', 'none', 'busybox', 'sh', '-c', script)
    await until(async () => (await engine.docker(['exec', 'writer', 'test', '-s', '/b'])).exitCode === 0)
    for (let round = 0; round < 3; round++) {
      await docker('commit', 'writer', 'moment:1')
      const text = await docker('run', '--rm', '--network', 'none', 'moment:1', 'sh', '-c', 'cat /a /b | tr "\\n" " "')
      const [a = 0, b = 0] = text.trim().split(' ').map(Number)
      // The file being written may be empty, or one ahead.
      if (text.trim().split(' ').length === 2) expect(a - b === 0 || a - b === 1, text).toBe(true)
    }
    expect(await stateOf('writer')).toBe('running')
    await docker('rm', '-f', 'writer')
    await docker('rmi', 'moment:1')
  })

  it('a commit that fails leaves the container as it was and nothing behind', async () => {
    await docker('run', '-d', '--name', 'kept', '--network', 'none', 'busybox', 'sh', '-c', `${largeFile}; sleep 600`)
    await until(async () => (await engine.docker(['exec', 'kept', 'test', '-s', '/big'])).exitCode === 0)
    const images = await imageCount()
    expect((await engine.docker(['commit', '-c', 'RUN x', 'kept'])).stderr).toContain(
      'run is not a valid change command',
    )
    expect((await engine.docker(['commit', 'kept', 'Bad:Name'])).exitCode).toBe(1)
    const gone = request({ socketPath: engine.socket, method: 'POST', path: '/commit?container=kept' })
    gone.on('error', () => undefined)
    gone.end()
    await until(async () => (await statusOf('kept')) === 'paused')
    gone.destroy()
    await until(async () => (await statusOf('kept')) === 'running')
    await until(async () => (await ingest()).length === 0)
    expect(await imageCount()).toBe(images)
    await docker('exec', 'kept', 'rm', '/big')
    await docker('pause', 'kept')
    await docker('commit', 'kept', 'paused:1')
    expect(await stateOf('kept')).toBe('paused')
    await docker('rm', '-f', 'kept')
    await docker('rmi', 'paused:1')
  })

  it('an engine that dies in the middle of a commit leaves no container frozen', async () => {
    await docker('run', '-d', '--name', 'thawed', '--network', 'none', 'busybox', 'sh', '-c', `${largeFile}; sleep 600`)
    await until(async () => (await engine.docker(['exec', 'thawed', 'test', '-s', '/big'])).exitCode === 0)
    const call = request({ socketPath: engine.socket, method: 'POST', path: '/commit?container=thawed' })
    call.on('error', () => undefined)
    call.end()
    await until(async () => (await statusOf('thawed')) === 'paused')
    await engine.kill()
    await engine.start()
    await until(async () => (await stateOf('thawed')) === 'running')
    await docker('rm', '-f', 'thawed')
  })

  it('saves an image that is much larger than its memory in bounded memory', async () => {
    const size = largeMebibytes * mebibyte
    const upload = request({ socketPath: engine.socket, method: 'POST', path: '/images/create?fromSrc=-&repo=large' })
    const answered = new Promise<number>((resolve, reject) => {
      upload.on('error', reject)
      upload.on('response', (response) => response.resume().on('end', () => resolve(response.statusCode ?? 0)))
    })
    const write = async (chunk: Uint8Array) => {
      if (!upload.write(chunk)) await new Promise((resolve) => upload.once('drain', resolve))
    }
    await write(largeHeader(size))
    const chunk = Buffer.alloc(mebibyte, 'moby')
    for (let sent = 0; sent < size; sent += chunk.length) await write(chunk)
    await write(new Uint8Array(paddingOf(size)))
    upload.end(endMark)
    expect(await answered).toBe(200)
    const memory = async () =>
      Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${engine.pid}/status`, 'utf8'))?.[1]) / 1024
    const before = await memory()
    const over = new AbortController()
    let [peak, taken] = [0, 0]
    const watching = (async () => {
      while (!over.signal.aborted) {
        peak = Math.max(peak, await memory())
        await sleep(20)
      }
    })()
    for await (const piece of await stream(engine, '/images/large/get')) taken += piece.length
    over.abort()
    await watching
    expect(taken).toBeGreaterThan(size)
    expect(peak - before).toBeLessThan(128)
    await docker('rmi', 'large')
  })
})

function largeHeader(size: number): Uint8Array {
  return writeHeader({
    name: 'large',
    type: 'file',
    mode: 0o644,
    uid: 0,
    gid: 0,
    size,
    modifiedAt: 0n,
    linkName: '',
    major: 0,
    minor: 0,
    xattrs: new Map(),
  })
}
