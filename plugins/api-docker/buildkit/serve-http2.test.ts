import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { expect, test } from 'vitest'
import { serveHttp2 } from './serve-http2.ts'

test('a connection whose client has spoken already can be closed in the turn in which it is served', async () => {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1')
  try {
    const [socket] = (await once(server, 'connection')) as [Socket]
    client.write(
      Buffer.concat([Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), Buffer.from('000000040000000000', 'hex')]),
    )
    await once(socket, 'readable')
    const served = serveHttp2(socket, () => undefined)
    served.close()
    await served.closed
    expect(socket.destroyed).toBe(true)
  } finally {
    client.destroy()
    server.close()
  }
})
