import { readQuery, responseCodes, writeAnswer, type AnswerRecord, type Query } from './dns-message.ts'

/** Short, because a container that starts again gets another address. */
const timeToLive = 5
const tcpRoom = 65_535

/** Records, or what another server is about to say; undefined where it says nothing. */
type Found = { readonly code: number; readonly records: readonly AnswerRecord[] } | Promise<Buffer | undefined>

/** The answer to one message; undefined for what is no query. */
export async function replyTo(
  message: Buffer,
  overTcp: boolean,
  find: (query: Query) => Found,
): Promise<Buffer | undefined> {
  const query = readQuery(message)
  if (query === undefined) return undefined
  const room = overTcp ? tcpRoom : query.room
  const reply = (code: number, records: readonly AnswerRecord[], authoritative: boolean) =>
    writeAnswer(query, code, records, { timeToLive, room, authoritative })
  if (operationOf(query) !== 0) return reply(responseCodes.notImplemented, [], false)
  const found = find(query)
  if (!(found instanceof Promise)) return reply(found.code, found.records, true)
  return (await found) ?? reply(responseCodes.serverFailure, [], false)
}

function operationOf(query: Query): number {
  return (query.flags >> 11) & 0xf
}
