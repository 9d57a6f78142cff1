import { strict as assert } from 'node:assert'
import { builder, type BuildSpec } from '../builder/index.ts'
import { CaseBook } from './case.ts'
import { collect, failsWith, freshName } from './checks.ts'
import { writeTar } from './tar.ts'

const made = new CaseBook<typeof builder, object>(builder)
/** Promises of `builder`. They build from nothing, so that no image need be there. */
export const builderCases = made.cases

const plain: BuildSpec = {
  dockerfile: 'Dockerfile',
  tags: [],
  args: {},
  labels: {},
  noCache: false,
  pull: false,
  removeIntermediate: true,
  forceRemove: true,
  squash: false,
  extraHosts: [],
  cacheFrom: [],
  limits: {},
  securityOptions: [],
  registries: {},
}

async function* contextOf(files: Readonly<Record<string, string>>): AsyncGenerator<Uint8Array, void> {
  yield writeTar(Object.entries(files).map(([name, data]) => ({ name, data, mode: 0o644 })))
}

made.prove({
  id: 'build-tells-image',
  methods: ['build'],
  title: 'a build tells the image that it made at last, and the same again from the cache',
  async run({ driver }) {
    const files = { Dockerfile: 'FROM scratch\nCOPY data /data\nCMD ["/data"]\n', data: freshName('data') }
    const build = async () => {
      const told = await collect(driver.build(plain, contextOf(files)))
      return told.findLast(({ imageId }) => imageId !== undefined)?.imageId
    }
    const first = await build()
    assert.match(first ?? '', /^sha256:[0-9a-f]{64}$/)
    assert.equal(await build(), first)
  },
})

made.prove({
  id: 'build-refuses',
  methods: ['build'],
  title: 'a Dockerfile that cannot be read and a file that is not in the context are told as such',
  async run({ driver }) {
    const build = async (dockerfile: string) =>
      await collect(driver.build(plain, contextOf({ Dockerfile: dockerfile })))
    await failsWith('DOCKERFILE_INVALID', build('FROM scratch\nNONSENSE here\n'))
    await failsWith(['BUILD_CONTEXT_INVALID', 'BUILD_STEP_FAILED'], build('FROM scratch\nCOPY missing /\n'))
  },
})

made.prove({
  id: 'cache',
  methods: ['usage', 'prune'],
  title: 'the cache tells what it holds, and is empty after all of it is pruned',
  async run({ driver }) {
    const files = { Dockerfile: 'FROM scratch\nCOPY data /data\n', data: freshName('cached') }
    await collect(driver.build(plain, contextOf(files)))
    assert.ok(Array.isArray((await driver.usage({})).entries))
    await driver.prune({ all: true })
    assert.deepEqual((await driver.usage({})).entries, [])
  },
})
