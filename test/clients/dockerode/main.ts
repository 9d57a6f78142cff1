import { deepStrictEqual } from 'node:assert/strict'
import { join } from 'node:path'
import process from 'node:process'
import { execa } from 'execa'
import { startDockerd, startMoby } from '../../bench/contenders.ts'
import { Cells } from '../../interop/cells.ts'
import { DockerdPeer } from '../../peers/dockerd.ts'
import { makeRoot } from './make-root.ts'
import { runSuite, type SuiteResult } from './run-suite.ts'

// dockerode's own suite on this engine and on dockerd: what fails here must fail there too. Neither has a network, so that
// what leads to a registry or into a swarm fails on both, at once and always. Further words are mocha's: `-g plugin`.
const inside = 'inside'
const [first, ...rest] = process.argv.slice(2)
if (first === inside) await compare(rest)
else await enterNetwork(process.argv.slice(2))

async function enterNetwork(words: readonly string[]): Promise<void> {
  await execa(join(import.meta.dirname, 'make-dockerode'), { stdio: 'inherit' })
  if (!DockerdPeer.present)
    throw new Error('dockerd is not here: run test/peers/make-clients FOLDER and set MOBY_PEER_DOCKERD')
  const command = [process.execPath, import.meta.filename, inside, ...words]
  const script = 'ip link set lo up; exec "$@"'
  const { exitCode } = await execa('unshare', ['--net', 'sh', '-ec', script, 'sh', ...command], {
    stdio: 'inherit',
    reject: false,
  })
  process.exitCode = exitCode ?? 1
}

async function compare(words: readonly string[]): Promise<void> {
  const cells = new Cells()
  const root = await makeRoot()
  const results = new Map<string, SuiteResult>()
  for (const start of [startMoby, startDockerd]) {
    const engine = await start()
    try {
      await cells.run(`${engine.name}: the suite`, async () => {
        const result = await runSuite(engine, root, words)
        console.log(`        ${engine.name}: ${result.passed.size} pass, ${result.failed.size} fail`)
        results.set(engine.name, result)
      })
    } finally {
      await engine.stop()
    }
  }
  const [here, there] = [results.get('moby'), results.get('dockerd')]
  await cells.run('what fails here fails on dockerd too', async () => {
    if (here === undefined || there === undefined) throw new Error('there is nothing to compare')
    for (const title of there.failed.keys()) {
      if (!here.failed.has(title)) console.log(`        fails on dockerd alone: ${title}: ${there.failed.get(title)}`)
    }
    const alone = [...here.failed].filter(([title]) => !there.failed.has(title))
    deepStrictEqual(Object.fromEntries(alone), {})
    // A suite of which nothing runs shows nothing.
    deepStrictEqual(
      [here.passed.size > 0, here.passed.size + here.failed.size],
      [true, there.passed.size + there.failed.size],
    )
  })
  cells.finish()
}
