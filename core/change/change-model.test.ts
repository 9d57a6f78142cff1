import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { codedError, storageVolume } from '@moby/contracts'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { bootAssembly } from '../kernel/boot-assembly.ts'
import type { EngineLog } from '../kernel/log.ts'
import type { Member } from '../lifecycle/member.ts'
import type { Runner, Running } from '../lifecycle/runner.ts'
import { quick, volumes, Workshop } from '../process/process-mode.fixture.ts'
import { partsSource } from '../testing/parts-source.ts'
import { writeAssembly } from './change.fixture.ts'

const silent = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined }
const log: EngineLog = { kernel: silent, of: () => silent, flush: () => undefined }

/** Where a new life can go wrong. */
const slips = ['create', 'start', 'health', 'lie', 'die'] as const
type Slip = (typeof slips)[number]

interface Life {
  readonly entry: string
  readonly version: string
}

/** Components that live in this process: a volume driver each, which tells entry and version, and goes wrong as asked. */
class FakeRunner implements Runner {
  readonly lives = new Set<Life>()
  /** Consulted by entry at each start of version 2 or 3; 1 always works. */
  slips: Readonly<Record<string, Slip | undefined>> = {}

  prepare(): void {}

  async create(member: Member): Promise<Running> {
    const { name: entry, locked } = member
    const slip = this.slips[`${entry} ${locked.version}`]
    const fail = async (when: Slip) => {
      await new Promise((resolve) => setImmediate(resolve))
      if (slip === when) throw codedError('COMPONENT_FAILED', `${entry} fails at ${when}`)
    }
    await fail('create')
    const life: Life = { entry, version: locked.version }
    this.lives.add(life)
    const { promise: lost, resolve } = Promise.withResolvers<Error>()
    const names = new Map<string, object>()
    const known = (name: string) => {
      if (!names.has(name)) throw codedError('VOLUME_NOT_FOUND', name)
    }
    const end = () => void this.lives.delete(life)
    return {
      lost,
      provides: {
        'storage.volume': {
          capabilities: async () => ({ scope: 'local', life }),
          create: async ({ name }: { name: string }) => void names.set(name, {}),
          get: async ({ name }: { name: string }) => (known(name), { volume: { name } }),
          list: async () => ({ volumes: slip === 'lie' ? [] : [...names.keys()].map((name) => ({ name })) }),
          path: async ({ name }: { name: string }) => (known(name), { mountpoint: `/${name}` }),
          mount: async ({ name }: { name: string }) => known(name),
          unmount: async ({ name }: { name: string }) => known(name),
          usage: async ({ name }: { name: string }) => known(name),
          remove: async ({ name }: { name: string }) => (known(name), void names.delete(name)),
        },
      },
      start: () => fail('start'),
      health: async () => {
        await fail('health')
        if (slip === 'die') {
          end()
          resolve(new Error(`${entry} dies`))
        }
        return { status: 'ready' }
      },
      kill: async () => end(),
      stop: async () => end(),
    }
  }
}

const entries = ['one', 'two', 'three'] as const
/** Version of each entry; undefined: it is not there. */
type Shape = Readonly<Record<string, string | undefined>>

const anyShape: fc.Arbitrary<Shape> = fc
  .record(
    Object.fromEntries(entries.map((name) => [name, fc.constantFrom(undefined, '1.0.0', '2.0.0', '3.0.0')])) as Record<
      string,
      fc.Arbitrary<string | undefined>
    >,
  )
  .filter((shape) => Object.values(shape).some((version) => version !== undefined))
const anySlips = fc.dictionary(
  fc.tuple(fc.constantFrom(...entries), fc.constantFrom('2.0.0', '3.0.0')).map((words) => words.join(' ')),
  fc.constantFrom(...slips),
  { maxKeys: 3 },
)

const linesOf = (shape: Shape) =>
  Object.fromEntries(
    Object.entries(shape).flatMap(([name, version]) =>
      version === undefined ? [] : [[name, `use: t/${name}, version: ${version}, mode: process`]],
    ),
  )

it('a change in which any step fails leaves the old generation whole, and one that succeeds the new one', async () => {
  const shop = await Workshop.open()
  for (const name of entries) {
    await shop.component(name, volumes(name), '')
    for (const version of ['2.0.0', '3.0.0']) await shop.version(name, version, volumes(name), '')
  }
  const sources = [partsSource(shop.path('parts'))]
  await fc.assert(
    fc.asyncProperty(
      anyShape,
      fc.array(fc.record({ shape: anyShape, slips: anySlips }), { minLength: 1, maxLength: 4 }),
      async (first, changes) => {
        const root = await mkdtemp(join(tmpdir(), 'cm-'))
        const runner = new FakeRunner()
        const manifestPath = await writeAssembly(shop.folder, linesOf(first), sources)
        const running = await bootAssembly({
          manifestPath,
          dataRoot: root,
          runRoot: join(root, 'r'),
          sources,
          log,
          supervision: quick,
          runners: { process: runner },
        })
        try {
          let shape = first
          let number = 1
          for (const change of changes) {
            await writeAssembly(shop.folder, linesOf(change.shape), sources)
            const fresh = Object.entries(change.shape).filter(
              ([name, version]) => version !== undefined && version !== shape[name],
            )
            // An old life that is started again after a failure works: it did before.
            runner.slips = Object.fromEntries(
              fresh.map(([name, version]) => [`${name} ${version}`, change.slips[`${name} ${version}`]]),
            )
            const mustFail = fresh.some(([name, version]) => change.slips[`${name} ${version}`] !== undefined)
            const outcome = await running.changes.apply().catch((error: unknown) => error)
            runner.slips = {}
            if (mustFail) expect(outcome).toMatchObject({ code: 'APPLY_FAILED' })
            else {
              const isSame = JSON.stringify(linesOf(shape)) === JSON.stringify(linesOf(change.shape))
              if (!isSame) number += 1
              expect(outcome).toMatchObject({ generation: number })
              shape = change.shape
            }
            // Exactly what the generation says lives, ready, behind its handles; and nobody waits for anything.
            const wanted = Object.entries(shape).filter(([, version]) => version !== undefined)
            const told = running.facts.members().map(({ name, version, status }) => [name, version, status])
            expect(told.toSorted()).toEqual(wanted.map((each) => [...each, 'ready']).toSorted())
            const lives = [...runner.lives].map(({ entry, version }) => [entry, version])
            expect(lives.toSorted()).toEqual(wanted.toSorted())
            for (const [name, version] of wanted) {
              const answer = await running.handle(storageVolume, name).capabilities({})
              expect(answer).toMatchObject({ life: { entry: name, version } })
            }
            expect(running.changes.list().at(-1)?.number).toBe(number)
          }
        } finally {
          await running.stop('leave-containers')
          expect(runner.lives.size).toBe(0)
          await rm(root, { recursive: true })
        }
      },
    ),
    { numRuns: 25 },
  )
}, 60_000)
