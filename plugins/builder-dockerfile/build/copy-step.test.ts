import { afterEach, beforeEach, expect, test } from 'vitest'
import { Bench, buildFiles } from '../testing/bench.ts'

let bench: Bench
beforeEach(() => void (bench = new Bench()))
afterEach(() => bench.close())

test('what --link asks for and does not get is told', async () => {
  const files = { Dockerfile: 'FROM scratch\nCOPY --link a /\nCOPY --link=false a /b\n', a: 'a' }
  const told = await buildFiles(await bench.builder(), files)
  expect(told.filter(({ stream }) => stream?.includes('--link makes'))).toHaveLength(1)
})

const checksum = `sha256:${'0'.repeat(64)}`

test.each([
  [`ADD --checksum=${checksum} a /`, 'DOCKERFILE_INVALID', 'checksum'],
  [`ADD --checksum=${checksum} http://127.0.0.1:9/a http://127.0.0.1:9/b /x/`, 'DOCKERFILE_INVALID', 'checksum'],
  ['ADD http://[::1 /', 'BUILD_STEP_FAILED', 'not a URL'],
  ['ADD http://127.0.0.1:9/%E0%A4%A /', 'BUILD_STEP_FAILED', 'not a URL'],
  ['ADD http://127.0.0.1:9/a%2F.. /', 'BUILD_STEP_FAILED', 'cannot determine filename'],
])('%s is refused', async (add, code, problem) => {
  const building = buildFiles(await bench.builder(), { Dockerfile: `FROM scratch\n${add}\n`, a: 'a' })
  await expect(building).rejects.toMatchObject({ code, message: expect.stringContaining(problem) })
})

test('a name that cannot be given is told before anything is done', async () => {
  const building = buildFiles(await bench.builder(), { Dockerfile: 'FROM scratch\nRUN a\n' }, { tags: ['fine', 'BAD'] })
  await expect(building).rejects.toMatchObject({ code: 'IMAGE_REFERENCE_INVALID' })
  expect(bench.ran).toEqual([])
})
