import type { LogInfo, LogRecord } from '@moby/contracts'

export const info: LogInfo = {
  options: {},
  containerId: 'abcdef0123456789abcdef',
  containerName: '/web',
  entrypoint: 'sh',
  args: ['-c', 'x'],
  imageId: 'sha256:0123456789abcdef0123',
  imageName: 'busybox:1',
  createdAt: '2026-01-01T00:00:00Z',
  env: ['A=1', 'B_X=2=3', 'EMPTY'],
  labels: { tier: 'front', 'com.example.team': 'blue' },
  daemonName: 'moby',
}

/** A time so many milliseconds after the beginning of 2026. */
export function timeOf(milliseconds: number): string {
  return new Date(Date.UTC(2026, 0, 1) + milliseconds).toISOString().replace('Z', '000000Z')
}

export function record(text: string, time = 0, more: Partial<LogRecord> = {}): LogRecord {
  return { stream: 'stdout', time: timeOf(time), line: Buffer.from(text), ...more }
}
