import { deepStrictEqual, match, notStrictEqual, ok, rejects, strictEqual } from 'node:assert/strict'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { makeTar } from '../../../plugins/lib/tar/testing/make-tar.ts'
import type { Library, Started } from './library.ts'

/** What every step has: the library, and a folder that has the same path for this process and for the engine. */
export interface Scene {
  readonly library: Library
  readonly folder: string
}

/** Milliseconds for what a container is to say. */
const patienceMs = 60_000

type Step = readonly [title: string, show: (scene: Scene) => Promise<void>]

/** A web server with one page, and a container of it that serves when it is told to be ready. */
function web({ library: { GenericContainer, Wait } }: Scene, page: string, port = 8080) {
  return new GenericContainer('busybox:latest')
    .withCommand(['httpd', '-f', '-p', String(port), '-h', '/www'])
    .withCopyContentToContainer([{ content: page, target: '/www/index.html' }])
    .withExposedPorts(port)
    .withWaitStrategy(Wait.forHttp('/', port))
}

async function pageOf(container: Started, port = 8080): Promise<string> {
  return await (await fetch(`http://${container.getHost()}:${container.getMappedPort(port)}/`)).text()
}

function shell({ library: { GenericContainer } }: Scene, script: string) {
  return new GenericContainer('busybox:latest').withCommand(['sh', '-c', script])
}

/** What somebody does with Testcontainers; steps do not lean on each other. */
export const journey: readonly Step[] = [
  [
    'a published port serves as soon as the container counts as started, by HTTP, by port and by both',
    async (scene) => {
      const { Wait } = scene.library
      for (const wait of [
        Wait.forHttp('/', 8080),
        Wait.forListeningPorts(),
        Wait.forAll([Wait.forListeningPorts(), Wait.forSuccessfulCommand('test -f /www/index.html')]),
      ]) {
        const started = await web(scene, 'good day').withWaitStrategy(wait).start()
        strictEqual(await pageOf(started), 'good day')
        await started.stop()
      }
    },
  ],
  [
    'a log message is waited for, on both streams and so many times; one that never comes is given up',
    async (scene) => {
      const { Wait } = scene.library
      const script = 'echo one; sleep 0.3; echo tick >&2; sleep 0.3; echo tick; exec sleep 600'
      const started = await shell(scene, script).withWaitStrategy(Wait.forLogMessage(/tick/, 2)).start()
      const lines = (await textUntil(await started.logs(), 'tick', 2)).split('\n')
      deepStrictEqual(lines.filter((line) => line.startsWith('tick')).length, 2)
      await started.stop()
      const never = shell(scene, script).withWaitStrategy(Wait.forLogMessage('never said')).withStartupTimeout(1500)
      await rejects(never.start(), /never said|not received|Log/i)
    },
  ],
  [
    'health is waited for; one that stays ill is an error',
    async (scene) => {
      const { Wait } = scene.library
      const check = {
        test: ['CMD-SHELL', 'test -f /tmp/well'],
        interval: 200,
        timeout: 2000,
        retries: 3,
        startPeriod: 100,
      }
      const started = await shell(scene, 'sleep 0.3; touch /tmp/well; exec sleep 600')
        .withHealthCheck(check)
        .withWaitStrategy(Wait.forHealthCheck())
        .start()
      strictEqual((await started.exec(['test', '-f', '/tmp/well'])).exitCode, 0)
      await started.stop()
      const ill = shell(scene, 'exec sleep 600')
        .withHealthCheck({ ...check, test: ['CMD', 'false'] })
        .withWaitStrategy(Wait.forHealthCheck())
      await rejects(ill.start(), /unhealthy|Health check failed/i)
    },
  ],
  [
    'a container of one shot is over when it counts as started, and one that fails is an error',
    async (scene) => {
      const { Wait } = scene.library
      const started = await shell(scene, 'echo done').withWaitStrategy(Wait.forOneShotStartup()).start()
      strictEqual(await text(await started.logs()), 'done\n')
      await started.stop()
      await rejects(shell(scene, 'exit 3').withWaitStrategy(Wait.forOneShotStartup()).start())
    },
  ],
  [
    'a command in a running container tells its code and both streams, with its own user, folder and environment',
    async (scene) => {
      const started = await shell(scene, 'exec sleep 600').withEnvironment({ GIVEN: 'at start' }).start()
      const script = 'echo "$GIVEN $ADDED $(pwd) $(id -u)"; echo trouble >&2; exit 7'
      const said = await started.exec(['sh', '-c', script], {
        workingDir: '/tmp',
        user: '65534',
        env: { ADDED: 'later' },
      })
      deepStrictEqual([said.exitCode, said.stdout, said.stderr], [7, 'at start later /tmp 65534\n', 'trouble\n'])
      strictEqual((await started.exec(['no-such-program'])).exitCode, 127)
      const many = await Promise.all(
        Array.from({ length: 8 }, async (_, at) => await started.exec(['echo', String(at)])),
      )
      deepStrictEqual(
        many.map(({ output }) => output).sort(),
        Array.from({ length: 8 }, (_, at) => `${at}\n`),
      )
      await started.stop()
    },
  ],
  [
    'files, folders, texts and archives go in before the start, more of them later, and come out again',
    async (scene) => {
      const folder = join(scene.folder, 'give')
      await mkdir(join(folder, 'deep'), { recursive: true })
      await writeFile(join(folder, 'one'), 'of a file')
      await writeFile(join(folder, 'deep/two'), 'of a folder')
      const tar = Readable.from([makeTar([{ name: 'packed/three', content: 'of an archive', uid: 0, gid: 0 }])])
      const started = await shell(scene, 'cat /given/one /given/deep/two /tmp/packed/three /four; echo; exec sleep 600')
        .withCopyFilesToContainer([{ source: join(folder, 'one'), target: '/given/one', mode: 0o640 }])
        .withCopyDirectoriesToContainer([{ source: folder, target: '/given' }])
        .withCopyArchivesToContainer([{ tar, target: '/tmp' }])
        .withCopyContentToContainer([{ content: 'of a text', target: '/four', mode: 0o600 }])
        .start()
      const all = 'of a fileof a folderof an archiveof a text'
      strictEqual(await textUntil(await started.logs(), all), `${all}\n`)
      strictEqual((await started.exec(['stat', '-c', '%a', '/four'])).output, '600\n')
      await started.copyContentToContainer([{ content: 'late', target: '/late/five' }])
      await started.copyDirectoriesToContainer([{ source: folder, target: '/again' }])
      strictEqual((await started.exec(['cat', '/late/five', '/again/deep/two'])).output, 'lateof a folder')
      const archive = await buffer(await started.copyArchiveFromContainer('/given'))
      ok(archive.includes('given/deep/two') && archive.includes('of a folder'))
      const stopped = await started.stop({ remove: false })
      ok((await buffer(await stopped.copyArchiveFromContainer('/late/five'))).includes('late'))
    },
  ],
  [
    'containers of one network find each other by alias and name, and none of another',
    async (scene) => {
      const { Network } = scene.library
      const [network, other] = [await new Network().start(), await new Network().start()]
      const server = await web(scene, 'found').withNetwork(network).withNetworkAliases('shop', 'store').start()
      const client = await shell(scene, 'exec sleep 600').withNetwork(network).start()
      const stranger = await shell(scene, 'exec sleep 600').withNetwork(other).start()
      for (const name of ['shop', 'store', server.getName().slice(1), server.getIpAddress(network.getName())]) {
        strictEqual((await client.exec(['wget', '-qO-', `http://${name}:8080/`])).output, 'found')
      }
      notStrictEqual((await stranger.exec(['wget', '-T', '1', '-qO-', 'http://shop:8080/'])).exitCode, 0)
      ok(server.getNetworkNames().includes(network.getName()))
      for (const each of [server, client, stranger]) await each.stop()
      for (const each of [network, other]) await each.stop()
    },
  ],
  [
    'what is mounted is the folder of the host, to write or to read alone, and memory',
    async (scene) => {
      const folder = join(scene.folder, 'shared')
      await mkdir(folder)
      await writeFile(join(folder, 'told'), 'from outside')
      const script =
        'cp /both/told /both/back; touch /look/x 2>/dev/null || echo refused; grep " /fast " /proc/mounts; exec sleep 600'
      const started = await shell(scene, script)
        .withBindMounts([
          { source: folder, target: '/both', mode: 'rw' },
          { source: folder, target: '/look', mode: 'ro' },
        ])
        .withTmpFs({ '/fast': 'rw,noexec,size=65536k' })
        .start()
      const said = await textUntil(await started.logs(), '/fast')
      match(said, /refused\ntmpfs \/fast tmpfs rw,.*noexec.*size=65536k/)
      strictEqual((await started.exec(['cat', '/look/back'])).output, 'from outside')
      await started.stop()
    },
  ],
  [
    'what is told of a container holds inside: user, name, folder, hosts, limits, capabilities, labels',
    async (scene) => {
      const started = await shell(scene, 'exec sleep 600')
        .withUser('1234:1234')
        .withHostname('workshop')
        .withWorkingDir('/var/work')
        .withLabels({ kept: 'as told' })
        .withExtraHosts([{ host: 'elsewhere', ipAddress: '10.1.2.3' }])
        .withResourcesQuota({ memory: 0.25, cpu: 1 })
        .withSharedMemorySize(32 * 1024 * 1024)
        .withUlimits({ nproc: { hard: 4096, soft: 2048 } })
        .withDroppedCapabilities('ALL')
        .withAddedCapabilities('NET_BIND_SERVICE')
        .start()
      const script =
        'id -u; hostname; pwd; grep elsewhere /etc/hosts; grep processes /proc/self/limits; df -m /dev/shm | tail -n 1; grep CapBnd /proc/self/status'
      const { output } = await started.exec(['sh', '-c', script])
      match(
        output,
        /^1234\nworkshop\n\/var\/work\n10\.1\.2\.3\s+elsewhere\nMax processes +2048 +4096 +processes +\nshm +32 .*\nCapBnd:\s+0000000000000400\n$/,
      )
      strictEqual(started.getLabels()['kept'], 'as told')
      strictEqual(started.getHostname(), 'workshop')
      await started.stop()
      const free = await shell(scene, 'exec sleep 600').withPrivilegedMode().start()
      strictEqual((await free.exec(['mount', '-t', 'tmpfs', 'none', '/tmp'])).exitCode, 0)
      await free.stop()
    },
  ],
  [
    'a container to be used again is found again, and started when it was stopped',
    async (scene) => {
      const reusable = () => web(scene, 'again').withLabels({ purpose: 'again' }).withReuse()
      const first = await reusable().start()
      const second = await reusable().start()
      strictEqual(second.getId(), first.getId())
      await first.stop({ remove: false })
      const third = await reusable().start()
      deepStrictEqual([third.getId(), await pageOf(third)], [first.getId(), 'again'])
      await third.stop()
    },
  ],
  [
    'a restart keeps the container and its files, and its port serves again',
    async (scene) => {
      const started = await web(scene, 'before').start()
      await started.copyContentToContainer([{ content: 'after', target: '/www/index.html' }])
      await started.restart()
      strictEqual(await pageOf(started), 'after')
      await started.stop()
    },
  ],
  [
    'a container that was stopped and kept tells nothing any more; one that was removed is gone, twice too',
    async (scene) => {
      const started = await web(scene, 'soon gone').start()
      const port = started.getMappedPort(8080)
      await started.stop({ timeout: 0 })
      await started.stop()
      await rejects(fetch(`http://${started.getHost()}:${port}/`))
      await rejects(started.exec(['true']), /no such container|404/i)
    },
  ],
  [
    'logs come as they are written, whole, by number and from a time on',
    async (scene) => {
      const heard: string[] = []
      const started = await shell(scene, 'for i in 1 2 3 4 5; do echo "line $i"; done; exec sleep 600')
        .withLogConsumer((stream) => stream.on('data', (line: unknown) => heard.push(String(line))))
        .start()
      match(await textUntil(await started.logs(), 'line 5'), /^line 1\nline 2\nline 3\nline 4\nline 5\n/)
      strictEqual((await textUntil(await started.logs({ tail: 2 }), 'line 5')).trim(), 'line 4\nline 5')
      for (let tries = 0; !heard.join('').includes('line 5') && tries < 500; tries += 1) await pause(20)
      match(heard.join(''), /line 1\n[^]*line 5\n/)
      await started.stop()
    },
  ],
  [
    'an image is built from a Dockerfile with arguments and a target, and a container is made of it',
    async (scene) => {
      const folder = join(scene.folder, 'built')
      await mkdir(folder)
      const lines = [
        'FROM busybox:latest AS base',
        'ARG WORD=none',
        'RUN echo "$WORD" >/word',
        'COPY page /www/index.html',
        'FROM base AS wanted',
        'CMD ["httpd", "-f", "-p", "8080", "-h", "/www"]',
        'FROM base AS unwanted',
        'RUN false',
      ]
      await writeFile(join(folder, 'Dockerfile'), `${lines.join('\n')}\n`)
      await writeFile(join(folder, 'page'), 'made here')
      const recipe = await scene.library.GenericContainer.fromDockerfile(folder)
        .withBuildArgs({ WORD: 'spoken' })
        .withTarget('wanted')
        .build()
      const started = await recipe
        .withExposedPorts(8080)
        .withWaitStrategy(scene.library.Wait.forListeningPorts())
        .start()
      strictEqual(await pageOf(started), 'made here')
      strictEqual((await started.exec(['cat', '/word'])).output, 'spoken\n')
      await started.stop()
      await writeFile(join(folder, 'Dockerfile'), 'FROM busybox:latest\nRUN exit 9\n')
      await rejects(
        scene.library.GenericContainer.fromDockerfile(folder).build(),
        /Failed to build image|non-zero code/i,
      )
    },
  ],
  [
    'a container is committed to an image with changes',
    async (scene) => {
      const started = await shell(scene, 'echo kept >/kept; exec sleep 600')
        .withWaitStrategy(scene.library.Wait.forSuccessfulCommand('test -s /kept'))
        .start()
      const id = await started.commit({ repo: 'committed', tag: 'once', changes: ['ENV WORD=yes'] })
      match(id, /^sha256:[0-9a-f]{64}$/)
      await started.stop()
      const again = await new scene.library.GenericContainer('committed:once')
        .withCommand(['sh', '-c', 'cat /kept; echo $WORD; exec sleep 600'])
        .withWaitStrategy(scene.library.Wait.forLogMessage('yes'))
        .start()
      match(await textUntil(await again.logs(), 'yes'), /^kept\nyes\n/)
      await again.stop()
    },
  ],
  [
    'an application of Compose comes up, waits for what it is told to, and goes down',
    async (scene) => {
      const folder = join(scene.folder, 'composed')
      await mkdir(folder)
      const lines = [
        'services:',
        '  web:',
        '    image: busybox:latest',
        '    command: sh -c "mkdir /www; echo $$WORD >/www/index.html; exec httpd -f -p 8080 -h /www"',
        '    environment: { WORD: "${WORD}" }',
        '    ports: ["8080"]',
        '    volumes: ["kept:/data"]',
        '  client:',
        '    image: busybox:latest',
        '    command: sleep 600',
        '    stop_signal: SIGKILL',
        'volumes:',
        '  kept: {}',
      ]
      await writeFile(join(folder, 'compose.yaml'), `${lines.join('\n')}\n`)
      const { DockerComposeEnvironment, Wait } = scene.library
      const up = await new DockerComposeEnvironment(folder, 'compose.yaml')
        .withEnvironment({ WORD: 'composed' })
        .withWaitStrategy('web-1', Wait.forHttp('/', 8080))
        .up()
      strictEqual(await pageOf(up.getContainer('web-1')), 'composed\n')
      const { output } = await up.getContainer('client-1').exec(['wget', '-qO-', 'http://web:8080/'])
      strictEqual(output, 'composed\n')
      await up.down()
    },
  ],
  [
    'what nobody takes away is left for the reaper: a container, a network, an image',
    async (scene) => {
      const network = await new scene.library.Network().start()
      await shell(scene, 'exec sleep 600').withName('left-behind').withNetwork(network).start()
      const folder = join(scene.folder, 'left')
      await mkdir(folder)
      await writeFile(join(folder, 'Dockerfile'), 'FROM busybox:latest\nLABEL left=behind\n')
      await scene.library.GenericContainer.fromDockerfile(folder).build('left:behind')
    },
  ],
]

/** What a stream tells until a word has come so many times, or its end. */
async function textUntil(stream: Readable, word: string, times = 1): Promise<string> {
  let heard = ''
  const late = setTimeout(() => stream.destroy(new Error(`${word} was not told: ${heard}`)), patienceMs)
  try {
    for await (const chunk of stream) {
      heard += String(chunk)
      if (heard.split(word).length > times) break
    }
    return heard
  } finally {
    clearTimeout(late)
  }
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds))
}
