import { readFrames } from '../frames.ts'
import type { Script } from '../script.ts'
import { clear, launch } from './scenery.ts'

/** Framing of logs, wait before and after the end, output of exec. */
export const streams: Script = {
  name: 'streams',
  recorded: true,
  async run(subject, note) {
    const logs = async (query: string) => {
      const { status, type, bytes } = await subject.raw('GET', `/containers/writer/logs?${query}`)
      note(`logs ${query}`, { status, type, frames: status === 200 ? readFrames(bytes) : bytes.toString() })
    }
    await launch(subject, 'writer', {
      Cmd: ['sh', '-c', 'for i in 1 2 3; do echo out $i; sleep 0.05; echo err $i >&2; sleep 0.05; done; printf end'],
    })
    await subject.api('POST', '/containers/writer/wait')
    for (const query of [
      'stdout=1',
      'stderr=1',
      'stdout=1&stderr=1',
      'stdout=1&stderr=1&tail=2',
      'stdout=1&tail=0',
      'stdout=1&tail=all',
      'stdout=1&timestamps=1',
      'stdout=1&details=1',
      'stdout=1&since=2000000000',
      'stdout=1&until=1',
      'stdout=1&follow=1',
    ]) {
      await logs(query)
    }
    const attached = await subject.raw('POST', '/containers/writer/attach?logs=1&stdout=1&stderr=1', undefined, 1500)
    note('attach to the logs', { status: attached.status, type: attached.type, frames: readFrames(attached.bytes) })
    await clear(subject, 'writer')
    await launch(subject, 'terminal', { Tty: true, Cmd: ['sh', '-c', 'echo out; echo err >&2'] })
    await subject.api('POST', '/containers/terminal/wait')
    const terminal = await subject.raw('GET', '/containers/terminal/logs?stdout=1&stderr=1')
    note('logs of a terminal', { ...terminal, bytes: terminal.bytes.toString() })
    await clear(subject, 'terminal')
    await launch(subject, 'long', {
      Cmd: ['sh', '-c', 'head -c 40000 /dev/zero | tr "\\0" x; echo; sleep 0.3; exit 7'],
    })
    note('wait to the end', await subject.api('POST', '/containers/long/wait'))
    const long = await subject.raw('GET', '/containers/long/logs?stdout=1')
    note(
      'a long line',
      readFrames(long.bytes).map((each) => each.length),
    )
    note(
      'wait for the next exit of what ended',
      (await subject.raw('POST', '/containers/long/wait?condition=next-exit', undefined, 500)).status,
    )
    await clear(subject, 'long')
  },
}
