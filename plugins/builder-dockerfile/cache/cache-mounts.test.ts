import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Bench, buildFiles } from '../testing/bench.ts'
import { CacheMounts } from './cache-mounts.ts'

let bench: Bench
let mounts: CacheMounts
beforeEach(() => {
  bench = new Bench()
  mounts = new CacheMounts(join(bench.folder, 'mounts'))
})
afterEach(() => bench.close())

const wish = (id: string, sharing: 'shared' | 'locked' = 'locked') => ({ id, sharing, mode: 0o755, uid: 0, gid: 0 })
const run = (...ids: string[]) => {
  const flags = ids.map((id, at) => `--mount=type=cache,id=${id},target=/${at},sharing=locked`)
  return { Dockerfile: `FROM scratch\nRUN ${flags.join(' ')} x\n` }
}

test('builds that lock two folders in different order do not wait for each other', async () => {
  const builder = await bench.builder()
  let most = 0
  let running = 0
  bench.onRun = async () => {
    most = Math.max(most, (running += 1))
    await sleep(20)
    running -= 1
    return 0
  }
  const noCache = { noCache: true }
  const builds = [run('a', 'b'), run('b', 'a'), run('a', 'b'), run('b', 'a')]
  await Promise.all(builds.map((files) => buildFiles(builder, files, noCache)))
  expect(most).toBe(1)
})

test('a folder that one RUN locks twice is the same for both', async () => {
  await buildFiles(await bench.builder(), run('a', 'a'))
  const [first, second] = bench.ran[0]?.mounts ?? []
  expect(first?.source).toBe(second?.source)
})

test('who is cancelled while waiting leaves its place, and the next one waits on', async () => {
  const first = await mounts.use(wish('a'))
  const cancelling = new AbortController()
  const second = mounts.use(wish('a'), cancelling.signal)
  let taken = false
  const third = mounts.use(wish('a')).then((use) => {
    taken = true
    return use
  })
  cancelling.abort()
  await expect(second).rejects.toMatchObject({ code: 'CANCELLED' })
  await sleep(20)
  expect(taken).toBe(false)
  first.release()
  ;(await third).release()
})

test('a folder that could not be filled for one is made by the next', async () => {
  const failing = mounts.use({ ...wish('a', 'shared'), fill: () => Promise.reject(new Error('cancelled')) })
  const other = mounts.use(wish('a', 'shared'))
  await expect(failing).rejects.toThrow('cancelled')
  expect(existsSync((await other).folder)).toBe(true)
})

test('a folder that is being removed is made anew', async () => {
  const { folder, release } = await mounts.use(wish('a', 'shared'))
  release()
  const [{ name = '' } = {}] = await mounts.list()
  const removing = mounts.remove(name)
  const again = await mounts.use(wish('a', 'shared'))
  await removing
  expect(again.folder).toBe(folder)
  expect(existsSync(folder)).toBe(true)
})

test('a mount that cannot be taken away keeps no other', async () => {
  const builder = await bench.builder()
  const files = {
    Dockerfile: 'FROM scratch\nRUN --mount=type=secret,id=s --mount=type=cache,id=a,target=/a,sharing=locked x\n',
  }
  bench.onRun = async () => {
    // A folder stands where the file of the secret was.
    const source = bench.ran.at(-1)?.mounts?.find(({ target }) => target === '/run/secrets/s')?.source ?? ''
    await rm(source)
    await mkdir(join(source, 'in'), { recursive: true })
    return 0
  }
  const spec = { secrets: { s: Buffer.from('x') }, noCache: true }
  await buildFiles(builder, files, spec)
  expect(bench.warnings).toEqual(['a mount of a build was not removed'])
  bench.onRun = () => 0
  await buildFiles(builder, files, spec)
})
