import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { EngineProcess } from '../engine-process.ts'
import type { SharedEngine } from '../shared-engine.ts'
import { until } from '../until.ts'

export function proveBuild(shared: SharedEngine): void {
  let engine: EngineProcess
  let folder = ''

  const docker = (...args: string[]) => engine.docker(args)
  const environment = () => ({ ...engine.environment(), DOCKER_BUILDKIT: '0' })
  const run = async (args: readonly string[], input?: Uint8Array) =>
    await execa('docker', ['build', ...args], {
      reject: false,
      all: true,
      timeout: 100_000,
      env: environment(),
      ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    })
  const context = async (files: Readonly<Record<string, string>>): Promise<string> => {
    const path = await mkdtemp(join(folder, 'context-'))
    for (const [name, content] of Object.entries(files)) {
      await mkdir(dirname(join(path, name)), { recursive: true })
      await writeFile(join(path, name), content)
    }
    return path
  }
  const build = async (files: Readonly<Record<string, string>>, ...args: string[]) =>
    await run([...args, await context(files)])
  /** Folders of builds under way, wherever the component keeps them. */
  const leftFolders = async () =>
    (await readdir(engine.dataRoot, { recursive: true })).filter((path) => /(?:^|\/)builds\/build-/.test(path))
  const nothingOfBuildsLeft = async () => {
    expect((await docker('ps', '-aq')).stdout).toBe('')
    expect(await leftFolders()).toEqual([])
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'moby-build-'))
    engine = shared.engine
  })
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true })
  })

  it('tells what it does as dockerd does, and what was built runs', async () => {
    const { all, exitCode } = await build(
      {
        Dockerfile:
          'FROM busybox AS made\nARG A\nRUN echo "built $A" > /built\nFROM busybox\nCOPY --from=made /built /\nCMD ["cat", "/built"]\n',
      },
      '-t',
      'told',
      '-t',
      'other.example/told:2',
      '--build-arg',
      'A=x',
      '--build-arg',
      'B=y',
      '--label',
      'one=1',
    )
    expect(exitCode, all).toBe(0)
    const lines = all.replaceAll(/[0-9a-f]{12}/g, 'ID').split('\n')
    expect(lines.slice(lines.findIndex((line) => line.startsWith('Step 1')))).toEqual([
      'Step 1/7 : FROM busybox AS made',
      ' ---> ID',
      'Step 2/7 : ARG A',
      ' ---> ID',
      'Step 3/7 : RUN echo "built $A" > /built',
      ' ---> Running in ID',
      ' ---> Removed intermediate container ID',
      ' ---> ID',
      'Step 4/7 : FROM busybox',
      ' ---> ID',
      'Step 5/7 : COPY --from=made /built /',
      ' ---> ID',
      'Step 6/7 : CMD ["cat", "/built"]',
      ' ---> ID',
      'Step 7/7 : LABEL one=1',
      ' ---> ID',
      '[Warning] One or more build-args [B] were not consumed',
      'Successfully built ID',
      'Successfully tagged told:latest',
      'Successfully tagged other.example/told:2',
    ])
    expect((await docker('run', '--rm', 'other.example/told:2')).stdout).toBe('built x')
    await nothingOfBuildsLeft()
  })

  it('takes steps from the cache, over a restart of the engine too, until something changes', async () => {
    const files = { Dockerfile: 'FROM busybox\nCOPY data /\nRUN cat /data\nENV A=1\n', data: 'one' }
    const first = await build(files, '-t', 'cached')
    expect(first.exitCode, first.all).toBe(0)
    const id = async () => (await docker('image', 'inspect', '-f', '{{.Id}}', 'cached')).stdout
    const before = await id()
    await engine.stop()
    await engine.start()
    const again = await build(files, '-t', 'cached')
    expect(again.all.match(/ ---> Using cache/g)).toHaveLength(3)
    expect(await id()).toBe(before)
    const changed = await build({ ...files, data: 'two' }, '-t', 'cached')
    expect(changed.all).not.toContain('Using cache')
    expect((await build({ ...files, data: 'two' }, '--no-cache', '-t', 'cached')).all).not.toContain('Using cache')
  })

  it('tells a step that fails with its code, and leaves no container, tag or file', async () => {
    const { all, exitCode } = await build({ Dockerfile: 'FROM busybox\nRUN echo before && exit 3\n' }, '-t', 'failed')
    expect(exitCode).toBe(3)
    expect(all).toContain("The command '/bin/sh -c echo before && exit 3' returned a non-zero code: 3")
    expect((await docker('image', 'inspect', 'failed')).exitCode).toBe(1)
    await nothingOfBuildsLeft()
  })

  it.each([
    ['FROM busybox\nNOPE\n', 'dockerfile parse error on line 2: unknown instruction: NOPE'],
    ['FROM busybox\nCOPY none /\n', 'COPY failed: file not found in build context'],
    ['FROM busybox\nCOPY ../x /\n', 'forbidden path outside the build context'],
    ['FROM busybox\nRUN --mount=type=ssh true\n', 'type=ssh is not supported by this builder'],
    ['FROM busybox\nCOPY --chown=nobody-here Dockerfile /\n', "can't find uid for user nobody-here"],
    ['FROM busybox\nADD https://host.invalid/x.git /\n', 'git repository'],
    ['FROM busybox\nENV A=${B:?needed}\n', 'needed'],
  ])('refuses %j', async (dockerfile, problem) => {
    const { all, exitCode } = await build({ Dockerfile: dockerfile })
    expect(exitCode).toBe(1)
    expect(all).toContain(problem)
    await nothingOfBuildsLeft()
  })

  it('refuses what it cannot do by name', async () => {
    const { status, body } = await engine.request('POST', '/build?squash=1', new Uint8Array(1024))
    expect([status, body]).toEqual([501, expect.stringContaining('Squashing')])
    const git = await engine.request('POST', '/build?remote=https://host.invalid/x.git')
    expect([git.status, git.body]).toEqual([501, expect.stringContaining('is not supported')])
    const kit = await engine.request('POST', '/build?version=3', new Uint8Array(1024))
    expect([kit.status, kit.body]).toEqual([400, expect.stringContaining('invalid version')])
    const xz = await engine.request('POST', '/build', Buffer.from('fd377a585a000000', 'hex'))
    expect([xz.status, xz.body]).toEqual([501, expect.stringContaining('xz')])
    const junk = await engine.request('POST', '/build', Buffer.from('this is no archive'.repeat(60)))
    expect([junk.status, junk.body]).toEqual([400, expect.stringContaining('build context')])
  })

  it('reads a context from standard input, compressed, and a Dockerfile alone', async () => {
    const path = await context({ Dockerfile: 'FROM busybox\nCOPY . /in\n', a: 'a' })
    const { stdout } = await execa('tar', ['-C', path, '-c', '.'], { encoding: 'buffer' })
    expect((await run(['-t', 'piped', '-'], gzipSync(stdout))).exitCode).toBe(0)
    expect((await docker('run', '--rm', 'piped', 'ls', '/in')).stdout).toBe('Dockerfile\na')
    expect((await run(['-q', '-'], Buffer.from('FROM busybox\nLABEL a=b\n'))).stdout).toMatch(/^sha256:[0-9a-f]{64}$/)
  })

  it('gives RUN the limits, hosts and network that are asked for', async () => {
    const { all, exitCode } = await build(
      {
        Dockerfile: 'FROM busybox\nRUN grep extra /etc/hosts; ls /sys/class/net; df /dev/shm | tail -n 1; ulimit -n\n',
      },

      '--add-host',
      'extra:10.1.2.3',
      '--network',
      'none',
      '--shm-size',
      '8m',
      '--ulimit',
      'nofile=77:77',
      '-m',
      '64m',
    )
    expect(exitCode, all).toBe(0)
    expect(all).toMatch(/10\.1\.2\.3\s+extra/)
    expect(all).toMatch(/^lo$/m)
    expect(all).toMatch(/^shm\s+8192 /m)
    expect(all).toMatch(/^77$/m)
  })

  it('stops with the client, and takes the container away', async () => {
    const path = await context({ Dockerfile: 'FROM busybox\nRUN sleep 1000\n' })
    const client = execa('docker', ['build', path], { env: environment(), reject: false, stdin: 'ignore' })
    await until(async () => (await docker('ps', '-q')).stdout !== '')
    client.kill('SIGKILL')
    await client
    await until(async () => (await docker('ps', '-aq')).stdout === '')
    await until(async () => (await leftFolders()).length === 0)
  })

  it('sweeps what a killed engine left', async () => {
    const path = await context({ Dockerfile: 'FROM busybox\nRUN sleep 1000\n' })
    const client = execa('docker', ['build', path], { env: environment(), reject: false, stdin: 'ignore' })
    await until(async () => (await docker('ps', '-q')).stdout !== '')
    await engine.kill()
    await client
    await engine.start()
    await until(async () => (await docker('ps', '-aq')).stdout === '')
    await until(async () => (await leftFolders()).length === 0)
  })

  it('shows and prunes its cache, and what has a name stays', async () => {
    await build(
      { Dockerfile: 'FROM busybox\nRUN --mount=type=cache,target=/c echo x > /c/x\nCMD ["true"]\n' },
      '-t',
      'kept',
    )
    const rows = JSON.parse((await engine.request('GET', '/v1.51/system/df?type=build-cache')).body) as {
      BuildCache: { Type: string; Shared: boolean }[]
    }
    expect(rows.BuildCache.some(({ Type }) => Type === 'exec.cachemount')).toBe(true)
    expect(rows.BuildCache.some(({ Shared }) => Shared)).toBe(true)
    expect((await docker('builder', 'prune', '-af')).stdout).toContain('Total reclaimed space')
    const after = JSON.parse((await engine.request('GET', '/v1.51/system/df?type=build-cache')).body) as typeof rows
    expect(after.BuildCache).toEqual([])
    expect((await docker('run', '--rm', 'kept')).exitCode).toBe(0)
  })

  it('lists no image of a step unless all are asked for', async () => {
    await build({ Dockerfile: 'FROM busybox\nLABEL x=1\nLABEL y=2\n' }, '-t', 'steps')
    const count = async (...args: string[]) =>
      (await docker('images', '-q', '--filter', 'label=x=1', ...args)).stdout.split('\n').length
    expect(await count()).toBe(1)
    expect(await count('-a')).toBe(2)
  })

  describe('ADD of a URL', () => {
    let server: Server
    const content = 'downloaded\n'
    const digest = createHash('sha256').update(content).digest('hex')
    const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`

    beforeAll(async () => {
      server = createServer((request, response) => {
        if (request.url !== '/file.txt') return void response.writeHead(404).end()
        response.writeHead(200, { 'last-modified': 'Tue, 03 Feb 2015 04:05:06 GMT' }).end(content)
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    })
    afterAll(() => void server.close())

    it('brings the file with its time, and checks a checksum', async () => {
      const good = await build(
        {
          Dockerfile: `FROM busybox\nADD --checksum=sha256:${digest} ${address()}/file.txt /d/\nADD ${address()}/file.txt /as\n`,
        },
        '-t',
        'added',
      )
      expect(good.exitCode, good.all).toBe(0)
      const listed = await docker('run', '--rm', 'added', 'stat', '-c', '%a %Y %n', '/d/file.txt', '/as')
      expect(listed.stdout).toBe('600 1422936306 /d/file.txt\n600 1422936306 /as')
      const bad = await build({
        Dockerfile: `FROM busybox\nADD --checksum=sha256:${'0'.repeat(64)} ${address()}/file.txt /\n`,
      })
      expect(bad.all).toContain('digest mismatch')
      expect((await build({ Dockerfile: `FROM busybox\nADD ${address()}/none /\n` })).all).toContain('status 404')
    })
  })
}
