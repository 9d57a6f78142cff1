import { makeBundle, makeWorkbench } from './workbench.ts'

/**
 * A process that makes, starts and deletes containers until a test kills it. Arguments: folder, runtime.
 * Prints a line for each bundle before it is used.
 */
const [, , folder, binary] = process.argv
if (folder === undefined || binary === undefined) throw new Error('Two arguments are needed')
const bench = await makeWorkbench({ binary, idleShims: 1 }, folder)

async function churn(): Promise<never> {
  for (;;) {
    const { id, path, cgroup, stdio } = await makeBundle(bench, ['sh', '-c', 'sleep 0.05'])
    process.stdout.write(`${JSON.stringify({ id, path, cgroup })}\n`)
    await bench.driver.create({ id, bundle: path, stdio })
    await bench.driver.start({ id })
    await bench.driver.wait({ id })
    await bench.driver.delete({ id })
  }
}

await Promise.all([churn(), churn()])
