import type { ContractDefinition } from '@moby/contracts'

type Method = (...args: unknown[]) => unknown

/** A driver that is looked up when it is called: each call waits for `find`, and fails as that does. */
export function deferredDriver(
  contract: ContractDefinition,
  find: () => Promise<Readonly<Record<string, Method>>>,
): Readonly<Record<string, Method>> {
  return Object.freeze(
    Object.fromEntries(
      Object.entries(contract.methods).map(([name, { output }]): [string, Method] => {
        const call: Method = async (...args) => (await find())[name]?.(...args)
        return [name, output === undefined ? call : (...args) => streamOf(async () => (await find())[name]?.(...args))]
      }),
    ),
  )
}

/** A stream that is opened when it is read; `return` reaches it while a `next` waits. */
function streamOf(open: () => Promise<unknown>): AsyncIterableIterator<unknown> {
  let opened: Promise<AsyncIterator<unknown>> | undefined
  const iterator: AsyncIterableIterator<unknown> = {
    [Symbol.asyncIterator]: () => iterator,
    next: async () => {
      opened ??= open().then((stream) => (stream as AsyncIterable<unknown>)[Symbol.asyncIterator]())
      return await (await opened).next()
    },
    return: async () => {
      await opened?.then((inner) => inner.return?.()).catch(() => undefined)
      return { done: true, value: undefined }
    },
  }
  return iterator
}
