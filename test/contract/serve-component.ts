import { join } from 'node:path'
import process from 'node:process'
import { contractCatalog } from '@moby/contracts'
import { serveContracts } from '@moby/contracts/wire'
import { createComponent, type ComponentSetting } from './component-context.ts'

/** Serves one component on a socket until it is killed: the process behind a driver in the matrix. */
const setting = JSON.parse(String(process.argv[2])) as ComponentSetting
const running = await createComponent(setting)
const server = serveContracts({
  component: `moby/${setting.plugin}`,
  version: '0.1.0',
  implementations: Object.entries(running.provides).map(([id, implementation]) => {
    const contract = contractCatalog.get(id)
    if (contract === undefined) throw new Error(`${setting.plugin} provides ${id}, which no catalog knows`)
    return { contract, implementation: implementation as object }
  }),
  onDefect: (error, subject) => console.error(subject, error),
})
await server.listen(join(setting.root, 'socket'))
process.on('SIGTERM', () => {
  void (async () => {
    await running.stop?.('stop-containers')
    process.exit(0)
  })()
})
process.send?.('ready')
