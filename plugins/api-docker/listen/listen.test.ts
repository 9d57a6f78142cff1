import { describe, expect, it } from 'vitest'
import { chooseInherited, takeInheritedSockets } from './inherited-sockets.ts'
import { Listener } from './listener.ts'
import { readListenAddress } from './listen-address.ts'
import { readTlsSettings } from './tls-settings.ts'

describe('an address to listen on', () => {
  it.each([
    ['unix:///run/d.sock', { kind: 'unix', path: '/run/d.sock' }],
    ['tcp://0.0.0.0:2376', { kind: 'tcp', host: '0.0.0.0', port: 2376 }],
    ['tcp://[::1]:0', { kind: 'tcp', host: '::1', port: 0 }],
    ['tcp://localhost', { kind: 'tcp', host: 'localhost', port: undefined }],
    ['fd://', { kind: 'fd', descriptor: undefined }],
    ['fd://*', { kind: 'fd', descriptor: undefined }],
    ['fd://4', { kind: 'fd', descriptor: 4 }],
  ])('%s is read', (host, address) => {
    expect(readListenAddress(host)).toEqual(address)
  })

  it.each([
    'unix://d.sock',
    'unix:///',
    'tcp://',
    'tcp://:2375',
    'tcp://h:99999',
    'tcp://h/x',
    'fd://x',
    'npipe://x',
    '/x',
  ])('%s is refused', (host) => {
    expect(() => readListenAddress(host)).toThrow(expect.objectContaining({ code: 'API_SOCKET_INVALID' }))
  })
})

describe('sockets of a service manager', () => {
  it('are for the process that they name alone, and the variables go', () => {
    const environment = { LISTEN_PID: '1', LISTEN_FDS: '1', LISTEN_FDNAMES: 'x', HOME: '/root' }
    expect(takeInheritedSockets(environment, 2)).toEqual([])
    expect(environment).toEqual({ HOME: '/root' })
    expect(takeInheritedSockets({ LISTEN_PID: '2', LISTEN_FDS: 'many' }, 2)).toEqual([])
    expect(takeInheritedSockets({}, 2)).toEqual([])
  })

  it('are chosen all, or by their descriptor; without one the start fails', () => {
    const sockets = [
      { descriptor: 3, isUnix: true },
      { descriptor: 4, isUnix: false },
    ]
    expect(chooseInherited(sockets, undefined)).toEqual(sockets)
    expect(chooseInherited(sockets, 4)).toEqual([sockets[1]])
    for (const [all, wanted] of [
      [[], undefined],
      [sockets, 5],
    ] as const) {
      expect(() => chooseInherited(all, wanted)).toThrow(expect.objectContaining({ code: 'API_SOCKET_INVALID' }))
    }
  })
})

describe('the network', () => {
  const refuse = () => {
    throw new Error('nobody is asked')
  }
  const listener = (anonymousTcp: boolean) =>
    new Listener({
      authenticate: { socket: refuse, authenticate: refuse } as never,
      dispatcher: { find: refuse, handle: refuse } as never,
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
      headers: {},
      inherited: [],
      anonymousTcp,
    })

  it('is not listened on without TLS, unless the configuration has it so', async () => {
    await expect(listener(false).open('tcp://127.0.0.1:0')).rejects.toMatchObject({ code: 'API_TCP_UNPROTECTED' })
    const open = listener(true)
    await open.open('tcp://127.0.0.1:0')
    await open.close()
  })
})

describe('TLS of the API', () => {
  it('tells which file cannot be read, and what makes no server', async () => {
    const here = import.meta.filename
    await expect(readTlsSettings({ ca: '/nowhere', cert: here, key: here })).rejects.toMatchObject({
      code: 'API_TLS_INVALID',
      message: expect.stringContaining('tls.ca') as string,
    })
    await expect(readTlsSettings({ ca: here, cert: here, key: here })).rejects.toMatchObject({
      code: 'API_TLS_INVALID',
    })
  })
})
