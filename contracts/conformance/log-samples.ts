import type { LogInfo, LogRecord } from '../log/index.ts'

/** What an engine would tell of a container, with these log options. */
export function infoOf(options: Readonly<Record<string, string>>): LogInfo {
  return {
    options: { ...options },
    containerId: 'c0ffee'.padEnd(64, '0'),
    containerName: '/sample',
    entrypoint: '/bin/sh',
    args: ['-c', 'echo "ü"'],
    imageId: `sha256:${'0'.repeat(64)}`,
    imageName: 'sample:latest',
    createdAt: '2024-01-01T00:00:00.123456789Z',
    env: ['A=1'],
    labels: { 'com.example.a': 'b' },
    daemonName: 'moby',
  }
}

/** Whole lines of stdout: `<prefix><number>`, counted from `first`, a microsecond apart. */
export function fill(count: number, prefix: string, first = 0): LogRecord[] {
  return Array.from({ length: count }, (_, at) => ({
    stream: 'stdout',
    time: `2024-01-01T00:00:00.${String(first + at).padStart(6, '0')}000Z`,
    line: plain(Buffer.from(`${prefix}${first + at}`)),
  }))
}

/** Whole lines, a nanosecond apart. */
export function recordsOf(lines: readonly Uint8Array[], streamOf: (at: number) => 'stdout' | 'stderr'): LogRecord[] {
  return lines.map((line, at) => ({
    stream: streamOf(at),
    time: `2024-01-01T00:00:00.${String(at + 1).padStart(9, '0')}Z`,
    line: plain(line),
  }))
}

/** The records with lines of one type, so that they compare: a driver may answer with Buffers. */
export function plainRecords(records: readonly LogRecord[]): LogRecord[] {
  return records.map((record) => ({ ...record, line: plain(record.line) }))
}

/** The text of each record. */
export function textOf(records: readonly LogRecord[]): string[] {
  return records.map(({ line }) => new TextDecoder().decode(line))
}

/** Lines as the container wrote them: pieces of one line are joined, whether the driver has joined them or not. */
export function joinPieces(records: readonly LogRecord[]): string[] {
  const lines: string[] = []
  const open = new Map<string, string>()
  for (const { stream, line, partial } of records) {
    const text = (open.get(stream) ?? '') + new TextDecoder().decode(line)
    if (partial !== undefined && !partial.last) open.set(stream, text)
    else {
      open.delete(stream)
      lines.push(text)
    }
  }
  return [...lines, ...open.values()]
}

function plain(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(bytes)
}
