import { describe, expect, test } from 'vitest'
import { BootstrapResult } from '../protocol/bootstrap-messages.ts'
import { readStartReply } from './start-reply.ts'

const text = (words: string) => Buffer.from(words)

describe('the reply of a start', () => {
  test('is an address, JSON or protobuf', () => {
    const path = '/run/s/x'
    expect(readStartReply(text(`unix://${path}`))).toEqual({ path, service: 2 })
    expect(readStartReply(text(`${path}\n`))).toEqual({ path, service: 2 })
    const reply = { version: 3, address: `unix://${path}`, protocol: 'ttrpc' }
    expect(readStartReply(text(JSON.stringify(reply)))).toEqual({ path, service: 3 })
    expect(readStartReply(text(JSON.stringify({ ...reply, version: 2 })))).toEqual({ path, service: 2 })
    expect(readStartReply(BootstrapResult.encode(reply))).toEqual({ path, service: 3 })
  })

  test.each([
    ['nothing', text('')],
    ['words', text('panic: no')],
    ['another kind of address', BootstrapResult.encode({ version: 3, address: 'vsock://2:1', protocol: 'ttrpc' })],
  ])('with %s is refused', (_, reply) => {
    expect(() => readStartReply(reply)).toThrow(expect.objectContaining({ code: 'RUNTIME_CREATE_FAILED' }) as Error)
  })

  test('of a shim that serves gRPC is not supported', () => {
    const reply = text('{"version":3,"address":"unix:///x","protocol":"grpc"}')
    expect(() => readStartReply(reply)).toThrow(expect.objectContaining({ code: 'NOT_SUPPORTED' }) as Error)
  })
})
