import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { loadBusybox, startDockerd, startMoby, type Contender } from '../../bench/contenders.ts'
import { Cells } from '../../interop/cells.ts'
import { addCompose } from '../../peers/compose.ts'
import { DockerdPeer } from '../../peers/dockerd.ts'
import { journey } from './journey.ts'
import { ComposeProject } from './project.ts'

// An application of five services by Compose, on this engine and on dockerd: what is expected of the one holds for both.
const prefix = 'moby-compose-'
const engines: readonly { start: () => Promise<Contender>; makeFolder: () => Promise<string> }[] = [
  { start: startMoby, makeFolder: () => mkdtemp(join(tmpdir(), prefix)) },
  { start: startDockerd, makeFolder: () => DockerdPeer.sharedFolder(prefix) },
]
const cells = new Cells(process.argv[2])
for (const { start, makeFolder } of engines) {
  const engine = await start()
  try {
    await addCompose(engine.environment['DOCKER_CONFIG'] ?? '')
    await loadBusybox(engine)
    const project = await ComposeProject.make(await makeFolder(), engine.environment)
    try {
      for (const [title, show] of journey) await cells.run(`${engine.name}: ${title}`, () => show(project))
    } finally {
      await project.start('down', '-v', '--remove-orphans', '-t', '0')
      await project.remove()
    }
  } finally {
    await engine.stop()
  }
}
cells.finish()
