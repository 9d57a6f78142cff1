import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs'
import { implement, logDriver, type Implementation, type LogPosition } from '@moby/contracts'

/** A log driver whose writes are one append each, so that a death leaves all or nothing of a batch. */
export function fileLog(path: string): Implementation<typeof logDriver> {
  let position: LogPosition = { stdout: '0', stderr: '0' }
  return implement(logDriver, {
    capabilities: async () => ({ read: false }),
    validate: async () => ({}),
    open: async () => {
      const text = existsSync(path) ? readFileSync(path, 'latin1') : ''
      const whole = text.slice(0, text.lastIndexOf('\n') + 1)
      if (existsSync(path)) truncateSync(path, whole.length)
      const last = whole.trimEnd().split('\n').at(-1) ?? ''
      if (last !== '') ({ position } = JSON.parse(last) as { position: LogPosition })
      return { position }
    },
    write: async (request) => {
      const records = request.records.map(({ stream, line, partial }) => {
        const end = partial === undefined || partial.last ? '\n' : ''
        return [stream, Buffer.from(line).toString('latin1') + end]
      })
      appendFileSync(path, `${JSON.stringify({ records, position: request.position })}\n`, 'latin1')
      position = request.position
      return {}
    },
    // oxlint-disable-next-line require-yield -- the tests never read it: it fails before its first item
    read: async function* () {
      throw new Error('not used')
    },
    close: async () => ({}),
    remove: async () => ({}),
  })
}

/** What such a file holds of one stream. */
export function readFileLog(path: string, stream: 'stdout' | 'stderr'): string {
  return readFileSync(path, 'latin1')
    .trimEnd()
    .split('\n')
    .flatMap((line) => (JSON.parse(line) as { records: [string, string][] }).records)
    .filter(([name]) => name === stream)
    .map(([, text]) => text)
    .join('')
}
