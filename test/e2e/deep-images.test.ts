import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { putImage } from '../peers/make-image.ts'
import { RegistryPeer } from '../peers/registry.ts'
import { mustSkip } from '../skips.ts'
import { EngineProcess } from './engine-process.ts'
import { nothingLeft } from './footprint.ts'
import { blobsOf, leftoversOf } from './pull-checks.ts'

let registry: RegistryPeer
let engine: EngineProcess
const ends: (() => Promise<void>)[] = []

/** Each layer has a file of its own, and replaces one that all have; the first has a shell. */
const layersOf = (count: number) =>
  Array.from({ length: count }, (_, at) => [
    ...(at === 0 ? [{ name: 'bin/busybox', mode: 0o755, content: readFileSync('/bin/busybox') }] : []),
    { name: `only-${at}`, content: `${at}\n` },
    { name: 'top', content: `${at}\n` },
  ])

const docker = (...args: string[]) => engine.docker(args)

describe.skipIf(mustSkip('docker-cli'))('images of very many layers', () => {
  beforeAll(async () => {
    registry = await RegistryPeer.start()
    ends.unshift(async () => await registry.stop())
    engine = await EngineProcess.start()
    ends.unshift(async () => expect(await engine.destroy()).toEqual(nothingLeft))
  })
  afterAll(async () => {
    for (const end of ends) await end()
  })

  it('A25 an image of 200 layers is pulled, run, committed and run again', async () => {
    const image = `${registry.host}/deep/app:200`
    await putImage(registry.url, 'deep/app', '200', layersOf(200), { level: 1 })
    expect(await docker('pull', image)).toMatchObject({ exitCode: 0 })
    const script = 'busybox=/bin/busybox; $busybox cat /top /only-0 /only-199; $busybox ls / | $busybox grep -c only-'
    const run = (of: string) => docker('run', '--rm', '--network', 'none', of, '/bin/busybox', 'sh', '-c', script)
    expect(await run(image)).toMatchObject({ exitCode: 0, stdout: '199\n0\n199\n200' })
    const change = ['/bin/busybox', 'sh', '-c', 'echo 200 > /top; echo 200 > /only-200; /bin/busybox rm /only-7']
    expect(await docker('run', '--name', 'changed', '--network', 'none', image, ...change)).toMatchObject({
      exitCode: 0,
    })
    expect(await docker('commit', 'changed', 'deep:201')).toMatchObject({ exitCode: 0 })
    expect(await run('deep:201')).toMatchObject({ exitCode: 0, stdout: '200\n0\n199\n200' })
    expect(await docker('rm', 'changed')).toMatchObject({ exitCode: 0 })
    expect(await docker('rmi', 'deep:201', image)).toMatchObject({ exitCode: 0 })
  }, 120_000)

  it('A25 an image of more layers than can be mounted is refused by their number, and nothing of it stays', async () => {
    const image = `${registry.host}/deep/app:501`
    await putImage(registry.url, 'deep/app', '501', layersOf(501), { level: 1 })
    const { exitCode, stderr } = await docker('pull', image)
    expect({ exitCode, stderr }).toEqual({ exitCode: 1, stderr: expect.stringContaining('500 layers') })
    expect((await docker('images', '-aq')).stdout).toBe('')
    expect(await docker('system', 'prune', '-af')).toMatchObject({ exitCode: 0 })
    expect(await leftoversOf(engine)).toEqual([])
    expect(await blobsOf(engine)).toEqual([])
  }, 180_000)
})
