import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeName, readQuery, recordTypes, responseCodes, writeAnswer } from './dns-message.ts'

/** A query as resolvers send it. */
export function query(name: string, type: number, room?: number): Buffer {
  const header = Buffer.from([0x12, 0x34, 0x01, 0x00, 0, 1, 0, 0, 0, 0, 0, room === undefined ? 0 : 1])
  const question = Buffer.concat([encodeName(name) ?? Buffer.of(0), Buffer.from([0, type, 0, 1])])
  const option = room === undefined ? [] : [Buffer.from([0, 0, 41, room >> 8, room & 0xff, 0, 0, 0, 0, 0, 0])]
  return Buffer.concat([header, question, ...option])
}

const settings = { timeToLive: 5, room: 512, authoritative: true }

test('a query is read with its name in lower case and its room', () => {
  expect(readQuery(query('Web.Example', recordTypes.a))).toMatchObject({
    id: 0x1234,
    name: 'web.example',
    type: 1,
    room: 512,
  })
  expect(readQuery(query('web', recordTypes.aaaa, 1232))).toMatchObject({ type: 28, room: 1232 })
})

test('an answer repeats the question as it was spelt and cuts what does not fit', () => {
  const asked = readQuery(query('WeB', recordTypes.a))
  if (asked === undefined) throw new Error('not read')
  const record = { type: recordTypes.a, data: Uint8Array.of(10, 0, 0, 2) }
  const answer = writeAnswer(asked, responseCodes.success, [record], settings)
  expect(answer.toString('latin1', 13, 16)).toBe('WeB')
  expect(answer.readUInt16BE(2) & 0x0200).toBe(0)
  expect([...answer.subarray(-4)]).toEqual([10, 0, 0, 2])
  const cut = writeAnswer(
    asked,
    responseCodes.success,
    Array.from({ length: 40 }, () => record),
    settings,
  )
  expect(cut.length).toBeLessThanOrEqual(512)
  expect(cut.readUInt16BE(2) & 0x0200).toBe(0x0200)
})

test('no bytes make the reader fail', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => void readQuery(Buffer.from(bytes))))
  const good = query('some.name', 1, 4096)
  for (let length = 0; length < good.length; length++) readQuery(good.subarray(0, length))
  const looped = Buffer.concat([good.subarray(0, 12), Buffer.from([0xc0, 0x0c, 0, 1, 0, 1])])
  expect(readQuery(looped)).toBeUndefined()
})
