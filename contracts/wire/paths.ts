/** Docker's handshake request; ours is a superset of its answer. */
export const handshakePath = '/Plugin.Activate'

/** Content type of a body of frames. */
export const streamType = 'application/vnd.moby.stream'

/** Names the two halves of a two-way call. */
export const exchangeHeader = 'moby-exchange'

/** The same on every attempt of one call, so that attempts do not overlap at the server. */
export const idempotencyHeader = 'idempotency-key'

/** Correlation id of a call: the same at every process that the work passes. */
export const callHeader = 'x-moby-call'

/** Picks one of several drivers of a contract that are served on one socket. */
export const driverHeader = 'x-moby-driver'

/** Where a method is called; the input of a two-way call goes to the same path with `/input`. */
export function pathOf(contract: string, method: string): string {
  return `/${contract}/${method}`
}

/** What a path calls, undefined for a path of another form. */
export function parsePath(path: string): { contract: string; method: string; input: boolean } | undefined {
  const match = /^\/([a-z0-9.]+)\/([A-Za-z0-9]+)(\/input)?$/.exec(path)
  if (match === null) return undefined
  return { contract: match[1] as string, method: match[2] as string, input: match[3] !== undefined }
}
