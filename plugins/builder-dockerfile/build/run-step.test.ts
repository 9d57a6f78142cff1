import { afterEach, beforeEach, expect, test } from 'vitest'
import { createBuilder } from '../builder-service.ts'
import { Bench, buildFiles } from '../testing/bench.ts'
import { sweep } from './sweep.ts'

let bench: Bench
beforeEach(() => void (bench = new Bench()))
afterEach(() => bench.close())

const usesCache = async (first: string, second: string): Promise<boolean> => {
  const builder = await bench.builder()
  await buildFiles(builder, { Dockerfile: `FROM scratch\n${first}\n`, data: '' })
  const told = await buildFiles(builder, { Dockerfile: `FROM scratch\n${second}\n`, data: '' })
  return told.some(({ stream }) => stream?.includes('Using cache'))
}

test('the same RUN is taken from the cache', async () => {
  expect(await usesCache('RUN ["a", "b"]', 'RUN ["a","b"]')).toBe(true)
})

test.each([
  ['RUN ["a b"]', 'RUN ["a", "b"]'],
  ['RUN --mount=type=tmpfs,target=/t z', 'RUN --mount=type=tmpfs,target=/t,size=1m z'],
  ['RUN --mount=type=bind,source=data,target=/t z', 'RUN --mount=type=bind,source=data,target=/t,rw z'],
  ['RUN --mount=type=cache,target=/t z', 'RUN --mount=type=cache,target=/t,ro z'],
])('%j is another step than %j', async (first, second) => {
  expect(await usesCache(first, second)).toBe(false)
})

test('containers that are kept outlast the next start; those of a killed engine do not', async () => {
  const parts = await bench.parts()
  const builder = createBuilder(parts)
  const files = { Dockerfile: 'FROM scratch\nRUN a\n' }
  await buildFiles(builder, files, { removeIntermediate: false })
  expect(bench.containers.size).toBe(1)
  const [kept] = bench.containers.keys()
  let during = 0
  bench.onRun = async () => {
    during = bench.containers.size
    await sweep(parts)
    expect([...bench.containers.keys()]).toEqual([kept])
    return 0
  }
  await buildFiles(builder, files, { noCache: true })
  expect(during).toBe(2)
})

test.each([
  [{ removeIntermediate: false, forceRemove: false }, 1],
  [{ removeIntermediate: false, forceRemove: true }, 0],
  [{ removeIntermediate: true, forceRemove: false }, 0],
])('with %j a step that fails leaves %d containers', async (spec, left) => {
  bench.onRun = () => 3
  const building = buildFiles(await bench.builder(), { Dockerfile: 'FROM scratch\nRUN a\n' }, spec)
  await expect(building).rejects.toMatchObject({ code: 'BUILD_STEP_FAILED', details: { exitCode: 3 } })
  expect(bench.containers.size).toBe(left)
})

test.each([
  ['a secret', 'RUN --mount=type=secret,id=s,env=S a', { secrets: { s: Buffer.from('x') } }],
  ['a proxy', 'RUN a', { args: { HTTP_PROXY: 'http://me:password@proxy' } }],
])('a container that was told %s is not kept', async (_, run, spec) => {
  await buildFiles(
    await bench.builder(),
    { Dockerfile: `FROM scratch\n${run}\n` },
    { removeIntermediate: false, ...spec },
  )
  expect(bench.ran).toHaveLength(1)
  expect(bench.containers.size).toBe(0)
})
