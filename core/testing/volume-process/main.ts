import { existsSync, readFileSync } from 'node:fs'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import process from 'node:process'
import { implement, type ProcessContext } from '@moby/contracts/component'
import { codedError } from '@moby/contracts/errors'
import { storageVolume } from '@moby/contracts/storage'
import { serveContracts } from '@moby/contracts/wire'

/** A volume driver for tests of what runs drivers: small, whole, and with one fault when it is told so. */
interface Kept {
  readonly users: string[]
}

const context = JSON.parse(readFileSync(process.env['MOBY_CONTEXT'] ?? '', 'utf8')) as ProcessContext
const fault = context.config['fault']
const file = join(context.folders.data, 'volumes.json')
const volumes = new Map<string, Kept>(
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as [string, Kept][]) : [],
)
let turn: Promise<unknown> = Promise.resolve()

const folderOf = (name: string) => join(context.folders.data, Buffer.from(name).toString('hex').slice(0, 200))
const known = (name: string): Kept => {
  const found = volumes.get(name)
  if (found === undefined) throw codedError('VOLUME_NOT_FOUND', `there is no volume ${name}`)
  return found
}

/** One change after the other, each on the disk before it is answered. */
async function change(work: () => Promise<void>): Promise<object> {
  const mine = turn.then(async () => {
    await work()
    if (fault !== 'forgets') await writeFile(file, JSON.stringify([...volumes]))
    return {}
  })
  turn = mine.catch(() => undefined)
  return await mine
}

const driver = implement(storageVolume, {
  capabilities: async () => ({ scope: 'local' }),
  create: ({ name, options }) =>
    change(async () => {
      if (!/^[\w][\w.-]*$/.test(name)) throw codedError('VOLUME_NAME_INVALID', `${name} is no name`)
      const [option] = Object.keys(options)
      if (option !== undefined) throw codedError('VOLUME_OPTION_UNKNOWN', `there is no option ${option}`)
      await mkdir(folderOf(name), { recursive: true })
      if (!volumes.has(name)) volumes.set(name, { users: [] })
    }),
  get: async ({ name }) => ({ volume: known(name) && { name } }),
  list: async () => ({ volumes: [...volumes.keys()].map((name) => ({ name })) }),
  path: async ({ name }) => ({ mountpoint: known(name) && folderOf(name) }),
  async mount({ name, id }) {
    await change(async () => {
      const { users } = known(name)
      if (!users.includes(id)) users.push(id)
    })
    return { mountpoint: folderOf(name) }
  },
  unmount: ({ name, id }) =>
    change(async () => {
      const { users } = known(name)
      if (users.includes(id)) users.splice(users.indexOf(id), 1)
    }),
  async usage({ name }) {
    known(name)
    if (fault === 'dies') process.exit(9)
    if (fault === 'hangs') await new Promise(() => undefined)
    if (fault === 'lies') return { size: 'much' }
    throw codedError('NOT_SUPPORTED', 'usage is not measured')
  },
  remove: ({ name }) =>
    change(async () => {
      if (known(name).users.length > 0) throw codedError('VOLUME_IN_USE', `the volume ${name} is used`)
      volumes.delete(name)
      await rm(folderOf(name), { recursive: true })
    }),
})

if (fault === 'ends') {
  console.error('there is nothing to serve')
  process.exit(3)
}
console.log(JSON.stringify({ level: 'info', message: 'volumes are served', fault }))
const { name: component, version } = context.component
const server = serveContracts({
  component,
  version,
  implementations: [{ contract: storageVolume, implementation: driver }],
})
await rm(context.listen, { force: true })
await server.listen(context.listen)
process.on('SIGTERM', () => process.exit(0))
process.stdin.on('end', () => process.exit(0)).resume()
