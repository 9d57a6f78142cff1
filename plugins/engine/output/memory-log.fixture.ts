import { implement, logDriver, type Implementation, type LogInfo, type LogRecord } from '@moby/contracts'

export const someInfo: LogInfo = {
  options: {},
  containerId: 'c'.repeat(64),
  containerName: '/test',
  entrypoint: 'sh',
  args: [],
  imageId: 'sha256:0',
  imageName: 'busybox',
  createdAt: '2026-01-01T00:00:00Z',
  env: [],
  labels: {},
  daemonName: 'moby',
}

/** A log driver that keeps everything in memory, and can be made slow, stuck or broken. */
export class MemoryLog {
  readonly records: LogRecord[] = []
  position = { stdout: '0', stderr: '0' }
  before: () => Promise<void> = async () => undefined
  closed = false
  opened = 0

  readonly api: Implementation<typeof logDriver> = implement(logDriver, {
    capabilities: async () => ({ read: false }),
    validate: async () => ({}),
    open: async () => {
      this.opened += 1
      return { position: { ...this.position } }
    },
    write: async ({ records, position }) => {
      await this.before()
      if (position.stdout === this.position.stdout && position.stderr === this.position.stderr) return {}
      this.records.push(...records)
      this.position = position
      return {}
    },
    // oxlint-disable-next-line require-yield -- the tests never read it: it fails before its first item
    read: async function* () {
      throw new Error('not used')
    },
    close: async () => {
      this.closed = true
      return {}
    },
    remove: async () => ({}),
  })

  /** Text of one stream, with line feeds where lines ended. */
  text(stream: LogRecord['stream']): string {
    return this.records
      .filter((record) => record.stream === stream)
      .map(({ line, partial }) => Buffer.from(line).toString() + (partial === undefined || partial.last ? '\n' : ''))
      .join('')
  }
}
