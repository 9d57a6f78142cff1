import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { parseAddress } from './address.ts'
import { hidesBody } from './authorization.ts'
import { EntryReader, frameEntry } from './entry-frames.ts'
import { findPlugin, scanPlugins } from './find-plugins.ts'
import { fromNanoseconds, toNanoseconds } from './nanoseconds.ts'
import { toEntry, toRecord } from './records.ts'

describe('an entry of a log', () => {
  it('is the bytes that Docker writes', () => {
    const frame = frameEntry({ source: 'stdout', timeNano: 300n, line: Buffer.from('line1') })
    expect(frame.toString('hex')).toBe('000000120a067374646f757410ac021a056c696e6531')
    const piece = frameEntry({ partial: true, metadata: { last: true, id: 'ab', ordinal: 2 } })
    expect(piece.toString('hex')).toBe('0000000c20012a080801120261621802')
  })

  it('keeps the nanoseconds and the pieces of a record', () => {
    const record = {
      stream: 'stderr' as const,
      time: '2024-02-29T23:59:59.123456789Z',
      line: new Uint8Array([0, 255, 10]),
      partial: { id: 'x', ordinal: 3, last: false },
    }
    const [entry] = new EntryReader().push(frameEntry(toEntry(record)))
    expect(entry && toRecord(entry)).toEqual({ ...record, line: Buffer.from(record.line) })
  })

  it('comes together from pieces of any size, and is refused when its length cannot be', () => {
    const frames = Buffer.concat(
      ['a', 'bb', ''].map((line) => frameEntry({ source: 'stdout', line: Buffer.from(line) })),
    )
    const reader = new EntryReader()
    const lines = [...frames].flatMap((byte) =>
      reader.push(Buffer.of(byte)).map(({ line }) => Buffer.from(line).toString()),
    )
    expect(lines).toEqual(['a', 'bb', ''])
    expect(reader.pending).toBe(0)
    expect(() => reader.push(Buffer.from('7fffffff00', 'hex'))).toThrow('2147483647 bytes')
  })

  it.each(['1970-01-01T00:00:00.000000000Z', '1969-12-31T23:59:59.999999999Z', '2262-04-11T23:47:16.854775807Z'])(
    'has the time %s exactly',
    (time) => expect(fromNanoseconds(toNanoseconds(time))).toBe(time),
  )
})

describe('a plugin', () => {
  let root: string
  const servers: Server[] = []
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'moby-find-'))
    for (const folder of ['run', 'etc']) mkdirSync(join(root, folder))
  })
  afterEach(() => {
    for (const server of servers.splice(0)) server.close()
    rmSync(root, { recursive: true, force: true })
  })
  const folders = () => [join(root, 'run'), join(root, 'etc')]
  const put = (path: string, text: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  async function listen(path: string): Promise<void> {
    mkdirSync(join(root, path, '..'), { recursive: true })
    const server = createServer()
    servers.push(server)
    await new Promise<void>((resolve) => server.listen(join(root, path), resolve))
  }

  it('is found by its socket before its files, in a folder of its name too', async () => {
    put('run/a.spec', 'tcp://h:1')
    put('etc/a.json', '{"Addr":"tcp://h:2"}')
    expect(findPlugin(folders(), 'a')?.address).toEqual({ kind: 'tcp', host: 'h', port: 1 })
    await listen('etc/a.sock')
    expect(findPlugin(folders(), 'a')?.address).toEqual({ kind: 'unix', path: join(root, 'etc/a.sock') })
    await listen('run/a/a.sock')
    expect(findPlugin(folders(), 'a')?.file).toBe(join(root, 'run/a/a.sock'))
  })

  it('is not a file with the name of a socket, nor a name that leaves the folder', () => {
    put('run/b.sock', '')
    put('c.spec', 'unix:///x')
    expect(findPlugin(folders(), 'b')).toBeUndefined()
    for (const name of ['../c', '', '.', 'x/y', 'a\0b']) expect(findPlugin(folders(), name)).toBeUndefined()
  })

  it('has TLS by its json file, with the words of Docker', () => {
    const tls = { insecureSkipVerify: false, CAFILE: '/ca', CertFile: '/cert', KeyFile: '/key' }
    put('etc/t.json', JSON.stringify({ Name: 'other', Addr: 'https://h:9', TLSConfig: tls }))
    expect(findPlugin(folders(), 't')?.address).toEqual({
      kind: 'tcp',
      host: 'h',
      port: 9,
      tls: { insecureSkipVerify: false, caFile: '/ca', certFile: '/cert', keyFile: '/key' },
    })
    put('etc/u.json', '{"Addr":"https://h","TLSConfig":{}}')
    expect(findPlugin(folders(), 'u')?.address).toMatchObject({ port: 443, tls: { insecureSkipVerify: true } })
  })

  it('that is told wrongly is a problem of its file alone', () => {
    put('run/good.spec', ' unix:///run/x.sock \n')
    put('run/none.spec', '/run/x.sock')
    put('run/odd.spec', 'ftp://x')
    put('run/half.json', '{"Addr":')
    put('run/long.spec', `unix:///${'x'.repeat(200)}`)
    const { found, problems } = scanPlugins([...folders(), join(root, 'missing')])
    expect(found.map(({ name }) => name)).toEqual(['good'])
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/half\.json cannot be read/),
      expect.stringMatching(/long\.spec: .* is longer than the path of a socket can be/),
      expect.stringMatching(/none\.spec: .* names no protocol/),
      expect.stringMatching(/odd\.spec: .* has the protocol ftp/),
    ])
  })

  it('has an address of IPv6 too', () => {
    expect(parseAddress('tcp://[::1]:80', 'f')).toEqual({ kind: 'tcp', host: '::1', port: 80 })
  })
})

it.each([
  ['/auth', true],
  ['/v1.41/auth?x=1', true],
  ['/v1.41/authx', true],
  ['/v1.41/containers/create?name=auth', false],
  ['/containers/auth', false],
])('the body of %s is hidden from authorizers: %s', (uri, hidden) => {
  expect(hidesBody(uri)).toBe(hidden)
})
