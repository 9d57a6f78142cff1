import type { buildConnector } from 'undici'

/**
 * A connector that tells when a host has spoken TLS, and has a connection fail by the alert that ended it. (What wants
 * a client certificate says so by an alert after the handshake; undici then tells of the end of the connection instead,
 * which comes after it.)
 */
export function tlsAwareConnector(connect: buildConnector.connector, onTls: () => void): buildConnector.connector {
  return (options, done) => {
    connect(options, (...result) => {
      const [error, socket] = result
      if (error === null && options.protocol === 'https:') {
        onTls()
        socket.prependOnceListener('error', (alert: NodeJS.ErrnoException) => {
          if (alert.code?.startsWith('ERR_SSL_') === true) socket.destroy(alert)
        })
      }
      done(...result)
    })
  }
}
