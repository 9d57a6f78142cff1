import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import process from 'node:process'
import { Launcher } from '../launcher.ts'
import { findRuntime } from '../host/oci-runtime.ts'

const [home = '', image = '', instance = '', binary = 'runc'] = process.argv.slice(2)
const ignore = () => undefined
const folders = { data: join(home, 'data'), run: join(home, 'run') }
for (const folder of Object.values(folders)) mkdirSync(folder, { recursive: true })

const launcher = await Launcher.open({
  instance: { id: instance, dataRoot: home, runRoot: home },
  folders,
  runtime: await findRuntime(binary),
  log: { debug: ignore, info: ignore, warn: ignore, error: ignore },
})
const { pid } = await launcher.launch({
  name: 'deaf',
  image,
  command: ['/busybox', 'sh', '-c', 'trap "" TERM HUP; echo ready; while true; do /busybox sleep 1; done'],
  folders: [],
  grants: {},
})
process.send?.(pid)
setInterval(() => undefined, 60_000)
