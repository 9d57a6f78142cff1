import { CodedError, codedError, hasCode, isCodedError, type ContractDefinition } from '@moby/contracts'
import type { Peer } from '@moby/contracts/wire'

type Method = (...args: unknown[]) => unknown

/**
 * A driver in another process as handles hold it. When the process goes away in the middle of a call, the caller
 * learns so in words about the driver, not about a socket: DRIVER_AWAY when the call never reached it, DRIVER_LOST
 * when nobody knows how far it came. `driver` names one of several that it serves of the contract.
 */
export function remoteDriver(
  peer: Peer,
  contract: ContractDefinition,
  title: string,
  driver?: string,
): Record<string, Method> {
  const proxies = peer.contract(contract, driver) as unknown as Record<string, Method>
  return Object.fromEntries(
    Object.entries(contract.methods).map(([name, { output }]): [string, Method] => {
      const method = proxies[name] as Method
      const translate = (error: unknown): unknown => lostOr(error, `${contract.id} ${name}`, title)
      if (output !== undefined) return [name, (...args) => translateStream(method(...args), translate)]
      return [
        name,
        async (...args) => {
          try {
            return await method(...args)
          } catch (error) {
            throw translate(error)
          }
        },
      ]
    }),
  )
}

function lostOr(error: unknown, subject: string, title: string): unknown {
  if (!isCodedError(error) || !error.code.startsWith('WIRE_')) return error
  if (!hasCode(error, 'WIRE_PEER_UNREACHABLE', 'WIRE_STREAM_BROKEN')) return titled(error, title)
  const why = String(error.details?.['why'] ?? '')
  const details = { ...error.details, subject }
  if (why === 'ENOENT' || why === 'ECONNREFUSED') {
    const message = `${title} is away: it does not answer on its socket`
    return codedError('DRIVER_AWAY', message, {
      hint: 'the engine starts it again; see its log',
      cause: error,
      details,
    })
  }
  const message = `${title} ended or broke off during ${subject}; whether it was carried out is not known`
  return codedError('DRIVER_LOST', message, {
    hint: 'look at what it was to change before you try again; the log of the engine tells why it ended',
    cause: error,
    details,
  })
}

/** What the wire says of an answer, with the component that gave it. */
function titled(error: CodedError, title: string): CodedError {
  const { code, kind, hint, details } = error
  return new CodedError(code, `${title}: ${error.message}`, { kind, hint, details, cause: error })
}

/** The same iterator, so that `return` still reaches the call while a `next` waits. */
function translateStream(stream: unknown, translate: (error: unknown) => unknown): AsyncIterable<unknown> {
  const inner = (stream as AsyncIterable<unknown>)[Symbol.asyncIterator]()
  const iterator: AsyncIterableIterator<unknown> = {
    [Symbol.asyncIterator]: () => iterator,
    next: async () => {
      try {
        return await inner.next()
      } catch (error) {
        throw translate(error)
      }
    },
    return: async () => {
      await inner.return?.()
      return { done: true, value: undefined }
    },
  }
  return iterator
}
