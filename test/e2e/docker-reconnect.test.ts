import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { mustSkip } from '../skips.ts'
import { EngineProcess } from './engine-process.ts'
import { nothingLeft } from './footprint.ts'
import { freePort } from './free-port.ts'
import { until } from './until.ts'

/** Kills of the engine while a container writes; the acceptance run asks for 50. */
const rounds = Number(process.env['MOBY_KILL_ROUNDS'] ?? 2)

describe.skipIf(mustSkip('docker-cli'))('an engine that is killed', () => {
  let engine: EngineProcess
  const docker = (...args: string[]) => engine.docker(args)

  beforeAll(async () => {
    engine = await EngineProcess.start()
    await engine.loadBusybox()
  })
  afterAll(async () => {
    expect(await engine.destroy()).toEqual(nothingLeft)
  })

  it('finds its containers again, with the exit codes of those that ended meanwhile', async () => {
    const port = await freePort()
    await docker('network', 'create', 'lasting')
    await docker(
      'run',
      '-d',
      '--name',
      'web',
      '--network',
      'lasting',
      '-p',
      `${port}:80`,
      'busybox',
      'sh',
      '-c',
      'mkdir /www; echo up > /www/index.html; exec httpd -f -p 80 -h /www',
    )
    await docker(
      'run',
      '-d',
      '--name',
      'asker',
      '--network',
      'lasting',
      '-v',
      `${engine.dataRoot}/asked:/asked`,
      'busybox',
      'sh',
      '-c',
      'while true; do timeout 2 wget -qO- http://web/ >> /asked/answers; sleep 0.2; done',
    )
    const whenTold = 'until [ -e /asked/over ]; do sleep 0.1; done; exit 7'
    const told = ['-v', `${engine.dataRoot}/asked:/asked`, 'busybox', 'sh', '-c', whenTold]
    await docker('run', '-d', '--name', 'seven', ...told)
    await docker('run', '-d', '--rm', '--name', 'fleeting', ...told)
    for (let index = 0; index < 6; index += 1)
      await docker('run', '-d', '--name', `idle-${index}`, 'busybox', 'sleep', '10000')
    await docker('run', '--rm', '-v', 'parts:/v', 'busybox', 'sh', '-c', 'mkdir /v/a; echo part >/v/a/f')
    const mounts = ['type=volume,src=parts,dst=/part,volume-subpath=a/f', 'type=image,src=busybox,dst=/image']
    const flags = mounts.flatMap((mount) => ['--mount', mount])
    await docker('run', '-d', '--name', 'mounted', ...flags, 'busybox', 'sleep', '10000')
    const { stdout: pids } = await docker('inspect', '-f', '{{.State.Pid}}', 'seven', 'fleeting')
    await engine.kill()
    await writeFile(`${engine.dataRoot}/asked/over`, '')
    await until(async () => pids.split('\n').every((pid) => !existsSync(`/proc/${pid}`)))
    const answer = await fetch(`http://127.0.0.1:${port}/`, { signal: AbortSignal.timeout(30_000) })
    expect(await answer.text()).toBe('up\n')
    const before = await answers(engine)
    await until(async () => (await answers(engine)) > before)
    await engine.start()
    const names = ['asker', 'idle-0', 'idle-1', 'idle-2', 'idle-3', 'idle-4', 'idle-5', 'mounted', 'seven', 'web']
    // The API answers before everything has been taken up again.
    await until(async () => {
      const { stdout } = await docker('ps', '-a', '--format', '{{.Names}}')
      return stdout.split('\n').toSorted().join() === names.join()
    })
    const seven = () => docker('inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', 'seven')
    await until(async () => (await seven()).stdout === 'exited 7')
    expect((await docker('exec', 'idle-0', 'echo', 'alive')).stdout).toBe('alive')
    expect((await docker('exec', 'mounted', 'cat', '/part')).stdout).toBe('part')
    expect((await docker('exec', 'mounted', 'ls', '/image')).stdout).toContain('bin')
    // Mounted where the last engine has mounted it, and not a second time.
    const own = (await readFile('/proc/self/mountinfo', 'utf8'))
      .split('\n')
      .filter((line) => /\/m\/\w{64}\//.test(line))
    expect(own.filter((line) => line.includes(engine.dataRoot))).toHaveLength(2)
    expect((await docker('cp', 'mounted:/part', `${engine.dataRoot}/copied`)).exitCode).toBe(0)
    expect((await docker('stop', '-t', '1', 'idle-1')).exitCode).toBe(0)
    expect((await docker('rm', '-f', ...names)).exitCode).toBe(0)
    expect((await docker('network', 'rm', 'lasting')).exitCode).toBe(0)
  })

  it(
    `keeps ten containers, exit codes and every line over ${rounds} kills`,
    { timeout: 90_000 + rounds * 25_000 },
    async () => {
      // At full speed a busy host could rotate the lines around a kill away before they are looked at.
      const count = 'i=0; while true; do i=$((i+1)); echo $i; [ $((i % 1000)) = 0 ] && sleep 0.05; done'
      const rotation = ['--log-opt', 'max-size=1m', '--log-opt', 'max-file=40']
      await docker('run', '-d', '--name', 'counter', ...rotation, 'busybox', 'sh', '-c', count)
      for (let index = 0; index < 8; index += 1)
        await docker('run', '-d', '--name', `idle-${index}`, 'busybox', 'sleep', '10000')
      for (let round = 0; round < rounds; round += 1) {
        await docker('run', '-d', '--name', 'seven', 'busybox', 'sh', '-c', 'sleep 0.6; exit 7')
        await sleep(Math.random() * 500)
        const last = Number((await docker('logs', '--tail', '1', 'counter')).stdout)
        await engine.kill()
        await sleep(700 + Math.random() * 300)
        await engine.start()
        // At once, before the lines around the kill are rotated away.
        const logs = await engine.dockerToFile(['logs', 'counter'])
        expect(logs.exitCode).toBe(0)
        const lines = logs.stdout.split('\n').map(Number)
        const first = lines[0] ?? Number.NaN
        expect(first).toBeLessThan(last)
        expect(lines.at(-1)).toBeGreaterThan(last)
        expect(lines.findIndex((line, index) => line !== first + index)).toBe(-1)
        const seven = () => docker('inspect', '-f', '{{.State.Status}} {{.State.ExitCode}}', 'seven')
        await until(async () => (await seven()).stdout === 'exited 7')
        expect((await docker('ps', '-q')).stdout.split('\n')).toHaveLength(9)
        expect((await docker('exec', `idle-${round % 8}`, 'echo', 'alive')).stdout).toBe('alive')
        expect((await docker('rm', 'seven')).exitCode).toBe(0)
      }
      expect((await docker('stop', '-t', '0', 'counter', 'idle-0')).exitCode).toBe(0)
      expect((await docker('rm', '-f', ...(await docker('ps', '-aq')).stdout.split('\n'))).exitCode).toBe(0)
    },
  )
})

/** How many answers the asking container has had. */
async function answers(engine: EngineProcess): Promise<number> {
  return (await readFile(`${engine.dataRoot}/asked/answers`, 'utf8').catch(() => '')).length
}
