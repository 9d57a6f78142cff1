import { deepStrictEqual } from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import { docker, loadBusybox, startDockerd, startMoby, type Contender } from '../../bench/contenders.ts'
import { until } from '../../e2e/until.ts'
import { Cells } from '../../interop/cells.ts'
import { addCompose } from '../../peers/compose.ts'
import { DockerdPeer, dockerdFolder } from '../../peers/dockerd.ts'
import { addReaper, reaperImage } from './add-reaper.ts'

// Testcontainers for Node on this engine and on dockerd: what is expected of the one holds for both.
const prefix = 'tc-'
const [word] = process.argv.slice(2)
await execa(join(import.meta.dirname, 'make-testcontainers'), { stdio: 'inherit' })
if (!DockerdPeer.present)
  throw new Error('dockerd is not here: run test/peers/make-clients FOLDER and set MOBY_PEER_DOCKERD')

const engines: readonly { start: () => Promise<Contender>; makeFolder: () => Promise<string> }[] = [
  { start: startMoby, makeFolder: () => mkdtemp(join(tmpdir(), prefix)) },
  { start: startDockerd, makeFolder: () => DockerdPeer.sharedFolder(prefix) },
]
const cells = new Cells()
for (const { start, makeFolder } of engines) {
  const engine = await start()
  const folder = await makeFolder()
  try {
    await addCompose(engine.environment['DOCKER_CONFIG'] ?? '')
    await loadBusybox(engine)
    await addReaper(engine)
    const images = await docker(engine, ['images', '-q', '--no-trunc'])
    await cells.run(`${engine.name}: the journey`, () => travel(engine, folder))
    await cells.run(`${engine.name}: the reaper leaves nothing of the session and goes`, async () => {
      // The container of a build that failed is none of the library's: dockerd keeps it.
      const words = ['ps', '-a', '--filter', 'label=org.testcontainers=true', '--format', '{{.Names}} {{.Status}}']
      const containers = async () => await docker(engine, words)
      const left = async () => ({
        containers: await containers(),
        networks: await docker(engine, ['network', 'ls', '-q', '--filter', 'type=custom']),
        volumes: await docker(engine, ['volume', 'ls', '-q']),
        images: await docker(engine, ['images', '-q', '--no-trunc']),
      })
      await until(async () => (await containers()) === '').catch(() => undefined)
      deepStrictEqual(await left(), { containers: '', networks: '', volumes: '', images })
    })
  } finally {
    await engine.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
cells.finish()

/** In the network of the engine, as its published ports are there. */
async function travel(engine: Contender, folder: string): Promise<void> {
  const isPeer = engine.name === 'dockerd'
  const enter = isPeer ? ['nsenter', `--net=/proc/${engine.pid}/ns/net`] : []
  const command = [...enter, process.execPath, join(import.meta.dirname, 'travel.ts'), engine.name, folder]
  await execa(command[0] ?? '', [...command.slice(1), ...(word === undefined ? [] : [word])], {
    stdio: 'inherit',
    env: {
      ...engine.environment,
      // A home without settings of the user's, and a place of its own for its locks.
      HOME: folder,
      TMPDIR: folder,
      RYUK_CONTAINER_IMAGE: reaperImage,
      TESTCONTAINERS_RYUK_RECONNECTION_TIMEOUT: '1s',
      TESTCONTAINERS_DOCKER_SOCKET_OVERRIDE: isPeer ? engine.socket.slice(dockerdFolder.length) : engine.socket,
    },
  })
}
