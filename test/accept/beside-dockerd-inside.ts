import assert from 'node:assert/strict'
import { execa } from 'execa'
import { docker, loadBusybox, startDockerd, startMoby, type Contender } from '../bench/contenders.ts'
import { until } from '../e2e/until.ts'

const page = 'mkdir /www; echo served > /www/index.html; exec httpd -f -h /www'

async function serve(contender: Contender, port: number): Promise<void> {
  await loadBusybox(contender)
  await docker(contender, ['run', '-d', '--name', 'web', '-p', `${port}:80`, 'busybox', 'sh', '-c', page])
}

async function answers(port: number): Promise<boolean> {
  return await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(2000) }).then(
    async (answer) => (await answer.text()) === 'served\n',
    () => false,
  )
}

/** Rules and links of dockerd, without counters. */
async function stateOfDockerd(): Promise<string> {
  const rules = await execa('nft', ['-s', 'list', 'ruleset'])
  const link = await execa('ip', ['-o', 'link', 'show', 'docker0'])
  const tables = rules.stdout.split(/^(?=table )/m).filter((table) => !/^table \S+ moby-/.test(table))
  return `${tables.join('').replaceAll(/counter packets \d+ bytes \d+/g, 'counter')}\n${link.stdout}`
}

await execa('ip', ['link', 'set', 'lo', 'up'])
const peer = await startDockerd({ ownNetwork: false })
try {
  await serve(peer, 18_081)
  await until(() => answers(18_081))
  const before = await stateOfDockerd()
  const engine = await startMoby()
  try {
    await serve(engine, 18_082)
    await until(() => answers(18_082))
    await until(() => answers(18_081))
  } finally {
    await engine.stop()
  }
  assert.equal(await stateOfDockerd(), before, 'dockerd has the rules and links that it had before')
  assert.ok(await answers(18_081))
} finally {
  await peer.stop()
}
