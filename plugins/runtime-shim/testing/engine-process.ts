import { makeBundle, makeWorkbench } from './workbench.ts'

/**
 * A process that starts a container with a driver of its own and then does nothing, so that a test can kill
 * it as an engine would be killed. Arguments: folder, runtime, shims that wait, shell script. Prints the bundle and
 * the pid as JSON.
 */
const [, , folder, binary, idleShims, script] = process.argv
if (folder === undefined || binary === undefined || script === undefined) throw new Error('Four arguments are needed')
const bench = await makeWorkbench({ binary, idleShims: Number(idleShims) }, folder)
const { id, path, cgroup, stdio } = await makeBundle(bench, ['sh', '-c', script])
await bench.driver.create({ id, bundle: path, stdio })
const { pid } = await bench.driver.start({ id })
process.stdout.write(`${JSON.stringify({ id, path, cgroup, stdio, pid })}\n`)
setInterval(() => undefined, 60_000)
