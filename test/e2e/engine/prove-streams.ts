import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { until } from '../until.ts'
import { collect } from './boot-engine.ts'
import type { TestEngine } from './test-engine.ts'

export function proveStreams(host: TestEngine): void {
  test('a container runs, tells its streams apart and gives its exit code', async () => {
    const result = await host.run(['sh', '-c', 'echo out; echo err >&2; exit 3'])
    expect(result).toMatchObject({ stdout: 'out\n', stderr: 'err\n', exitCode: 3 })
    const logs = await collect(toChunks(result.id))
    expect(logs).toEqual({ stdout: 'out\n', stderr: 'err\n' })
  })

  async function* toChunks(ref: string) {
    for await (const batch of host.booted.engine.containers.logs({ ref, stdout: true, stderr: true })) {
      for (const { stream, line } of batch) yield { stream, data: Buffer.concat([line, Buffer.from('\n')]) }
    }
  }

  test('input reaches the process, and its end ends it while output goes on', async () => {
    async function* input() {
      yield Buffer.from('one\n')
      await sleep(20)
      yield Buffer.from('two\n')
    }
    const result = await host.run(
      ['sh', '-c', 'cat; echo after'],
      { openStdin: true, stdinOnce: true, networkMode: 'none' },
      input(),
    )
    expect(result).toMatchObject({ stdout: 'one\ntwo\nafter\n', exitCode: 0 })
  })

  test('exec runs in the container with its own code, input and user', async () => {
    const id = await host.start(['sleep', '100'], { networkMode: 'none' })
    async function* input() {
      yield Buffer.from('typed')
    }
    expect(await host.exec(id, ['sh', '-c', 'cat; echo " e" >&2; exit 4'], input())).toEqual({
      stdout: 'typed',
      stderr: ' e\n',
      exitCode: 4,
    })
    await expect(host.exec(id, ['nope'])).rejects.toMatchObject({ code: 'EXEC_START_FAILED' })
  })

  test('a terminal has the size it was given, takes input, and the detach keys leave it running', async () => {
    const { containers } = host.booted.engine
    const { id } = await containers.create({
      spec: {
        image: 'busybox',
        command: ['sh', '-c', 'stty size; read line; echo "got $line"; exec sleep 100'],
        terminal: true,
        openStdin: true,
        stdinOnce: true,
        networkMode: 'none',
        consoleSize: { height: 33, width: 99 },
      },
    })
    let text = ''
    async function* input() {
      await until(async () => text.includes('33 99'))
      yield Buffer.from('typed\n')
      await until(async () => text.includes('got typed'))
      yield Buffer.from([16])
      yield Buffer.from([17])
    }
    const items = containers.attach({ ref: id, stdin: true, stdout: true, stderr: true, stream: true }, input())
    let detached = false
    for await (const item of items) {
      if (item.attached === true) await containers.start({ ref: id })
      text += Buffer.from(item.data ?? []).toString()
      detached ||= item.detached === true
    }
    expect(text).toContain('33 99')
    expect(text).toContain('got typed')
    expect(detached).toBe(true)
    expect((await containers.inspect({ ref: id })).state.status).toBe('running')
  })
}
