// An engine in a process of its own, for tests that kill it. `node engine-child.ts <root> <what to do>`.
import { randomInt } from 'node:crypto'
import { bootEngine, type BootedEngine } from './boot-engine.ts'

const [, , root = '', task = ''] = process.argv

const tasks: Readonly<Record<string, (booted: BootedEngine) => Promise<void>>> = {
  async lives({ engine: { containers } }) {
    const make = async (name: string, line: string, spec: object = {}) => {
      const { id } = await containers.create({ name, spec: { image: 'busybox', command: ['sh', '-c', line], ...spec } })
      await containers.start({ ref: id })
    }
    await make('stays', 'trap "exit 5" TERM; sleep 1000 & wait', {
      ports: [{ protocol: 'tcp', containerPort: 80 }],
    })
    await make('ends', 'sleep 1; for i in $(seq 1 2000); do echo line $i; done; exit 7')
    await make('goes', 'sleep 1', { autoRemove: true })
    await make('returns', 'sleep 1', { networkMode: 'none', restart: { name: 'always' } })
    await containers.create({ name: 'rests', spec: { image: 'busybox', command: ['true'] } })
    process.stdout.write('ready\n')
  },
  /** Random verbs on a few containers and networks, as fast as they go, until killed. */
  async churn({ engine: { containers, networks } }) {
    const verbs = [
      (ref: string) =>
        containers.create({
          name: ref,
          spec: {
            image: 'busybox',
            command: ['sleep', '100'],
            volumes: ['/v'],
            networkMode: randomInt(3) === 0 ? 'none' : 'bridge',
            autoRemove: randomInt(4) === 0,
            stopSignal: 'KILL',
          },
        }),
      (ref: string) => containers.start({ ref }),
      (ref: string) => containers.start({ ref }),
      (ref: string) => containers.stop({ ref }),
      (ref: string) => containers.remove({ ref, force: true, volumes: true }),
      (ref: string) => networks.create({ spec: { name: `net-${ref}` } }),
      (ref: string) => networks.connect({ ref: `net-${ref}`, container: ref, endpoint: { network: `net-${ref}` } }),
      (ref: string) => networks.remove({ ref: `net-${ref}` }),
    ]
    process.stdout.write('ready\n')
    const work = async () => {
      for (;;) await verbs[randomInt(verbs.length)]?.(`c${randomInt(4)}`).catch(() => undefined)
    }
    await Promise.all([work(), work(), work()])
  },
}

const booted = await bootEngine(root)
await tasks[task]?.(booted)
// Only a signal ends it.
setInterval(() => undefined, 1 << 30)
