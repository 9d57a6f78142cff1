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
  id: 'examine',
  methods: ['examine'],
  title: 'a Dockerfile tells before anything is built which images and secrets the stages of the target ask for',
  async run({ driver }) {
    const dockerfileContent = [
      'ARG TAG=1',
      'FROM base.test/one:$TAG AS first',
      'RUN --mount=type=secret,id=token --mount=from=base.test/two,target=/two true',
      'FROM base.test/unused',
      'FROM scratch',
      'COPY --from=first / /',
      'COPY --from=base.test/three / /',
    ].join('\n')
    const ignoreContent = '# none\n/a/ \n!a/b\n'
    const told = await driver.examine({ ...plain, dockerfileContent, ignoreContent, args: { TAG: '2' } })
    assert.deepEqual([...told.images].sort(), ['base.test/one:2', 'base.test/three', 'base.test/two'])
    assert.deepEqual(told.secrets, ['token'])
    assert.deepEqual(told.excluded, ['a', '!a/b'])
    await failsWith('DOCKERFILE_INVALID', driver.examine({ ...plain, dockerfileContent: 'NONSENSE' }))
    await failsWith('BUILD_OPTION_INVALID', driver.examine({ ...plain, dockerfileContent, target: 'none' }))
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

made.prove({
  id: 'cache-survives',
  methods: ['build'],
  title: 'what was built before a restart is used again after it, times of files aside',
  needs: ['restart'],
  async run(subject) {
    const data = freshName('kept')
    const build = async (modified: number) => {
      const context = async function* () {
        const dockerfile = 'FROM scratch\nCOPY data /data\nLABEL a=b\n'
        yield writeTar([
          { name: 'Dockerfile', data: dockerfile, mode: 0o644 },
          { name: 'data', data, mode: 0o644, mtime: modified },
        ])
      }
      const told = await collect(subject.driver.build(plain, context()))
      return told.findLast(({ imageId }) => imageId !== undefined)?.imageId
    }
    const first = await build(1_000_000)
    await subject.restart()
    assert.equal(await build(2_000_000), first)
  },
})

made.prove({
  id: 'stages-that-are-needed',
  methods: ['build'],
  title: 'a target is built from its own stages: one that it does not need may be broken',
  async run({ driver }) {
    const dockerfile = [
      'ARG NAME=none',
      'FROM scratch AS broken',
      'COPY missing /',
      'FROM scratch AS wanted',
      'ARG NAME',
      'COPY $NAME /copied',
      'FROM scratch',
      'COPY --from=broken / /',
    ].join('\n')
    const spec = { ...plain, target: 'wanted', args: { NAME: 'data' } }
    const files = { Dockerfile: dockerfile, data: freshName('data') }
    const told = await collect(driver.build(spec, contextOf(files)))
    assert.ok(told.some(({ imageId }) => imageId !== undefined))
    await failsWith('BUILD_CONTEXT_INVALID', collect(driver.build(plain, contextOf(files))))
    await failsWith('BUILD_OPTION_INVALID', collect(driver.build({ ...plain, target: 'none' }, contextOf(files))))
  },
})

made.prove({
  id: 'content-decides',
  methods: ['build'],
  title: 'another content, another mode and no cache make another image',
  async run({ driver }) {
    const build = async (data: string, spec: BuildSpec = plain) => {
      const files = { Dockerfile: 'FROM scratch\nCOPY data /data\n', data }
      const told = await collect(driver.build(spec, contextOf(files)))
      return told.findLast(({ imageId }) => imageId !== undefined)?.imageId
    }
    const data = freshName('data')
    const first = await build(data)
    assert.notEqual(await build(`${data} more`), first)
    assert.notEqual(await build(data, { ...plain, noCache: true }), first)
  },
})

made.prove({
  id: 'left-early',
  methods: ['build', 'usage', 'prune'],
  title: 'a build that nobody reads to its end does not stand in the way of the next; context that is cut is told',
  async run({ driver }) {
    const files = { Dockerfile: 'FROM scratch\nCOPY data /a\nCOPY data /b\n', data: freshName('left') }
    for await (const _ of driver.build(plain, contextOf(files))) break
    const told = await collect(driver.build(plain, contextOf(files)))
    assert.ok(told.some(({ imageId }) => imageId !== undefined))
    const cut = async function* () {
      for await (const bytes of contextOf(files)) yield bytes.subarray(0, 700)
    }
    await failsWith('BUILD_CONTEXT_INVALID', collect(driver.build(plain, cut())))
  },
})
