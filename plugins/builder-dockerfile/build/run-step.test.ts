import { afterEach, beforeEach, expect, test } from 'vitest'
import { Bench, buildFiles } from '../testing/bench.ts'

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
