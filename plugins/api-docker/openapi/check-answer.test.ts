import { describe, expect, test } from 'vitest'
import { json, type Answer, type Route } from '../server/route.ts'
import { Query } from '../wire/query.ts'
import { checkAnswer } from './check-answer.ts'

function asked(key: string, search = '', version = 51) {
  const [method = '', path = ''] = key.split(' ')
  return { route: { method, path } as unknown as Route, query: new Query(search), version }
}

const volume = { Driver: 'local', Labels: null, Mountpoint: '/v', Name: 'v', Options: null, Scope: 'local' }

describe('an answer is held against the document', () => {
  test('one that fits goes by as it is', () => {
    const answer = json(volume)
    expect(checkAnswer(asked('GET /volumes/{name}'), answer)).toBe(answer)
  })

  test.each([
    ['a key that is not described', 200, { ...volume, Extra: 1 }],
    ['a key that is missing', 200, { ...volume, Scope: undefined }],
    ['a value of another type', 200, { ...volume, Mountpoint: null }],
    ['an error of another form', 404, { error: 'no such volume' }],
    ['a status that is not described', 202, volume],
  ])('%s is refused', (_case, status, body) => {
    expect(() => checkAnswer(asked('GET /volumes/{name}'), json(body, status))).toThrow('GET /volumes/{name}')
  })

  test('an answer of an older version may have more keys, and no other types', () => {
    const older = asked('GET /volumes/{name}', '', 44)
    checkAnswer(older, json({ ...volume, Extra: 1 }))
    expect(() => checkAnswer(older, json({ ...volume, Name: 1 }))).toThrow('/Name')
  })

  test('what the handler asks of the query must be described', () => {
    const known = asked('DELETE /volumes/{name}', 'force=1')
    known.query.bool('force')
    checkAnswer(known, { kind: 'empty', status: 204 })
    known.query.bool('hard')
    expect(() => checkAnswer(known, { kind: 'empty', status: 204 })).toThrow('hard')
  })

  test('so must the filters', () => {
    const listed = asked('GET /volumes')
    listed.query.filters(['dangling', 'name', 'driver'])
    expect(() => checkAnswer(listed, json({ Volumes: [], Warnings: null }))).toThrow('filters')
  })

  test('a line of a stream that does not fit ends it', async () => {
    const good = { Type: 'container', Action: 'start', Actor: { ID: 'c', Attributes: {} }, scope: 'local', time: 1 }
    async function* body() {
      yield `${JSON.stringify({ ...good, timeNano: 1 })}\n`
      yield `${JSON.stringify(good)}\n`
    }
    const stream: Answer = { kind: 'stream', status: 200, body: body(), headers: {} }
    const checked = checkAnswer(asked('GET /events'), stream)
    const lines = (checked as Extract<Answer, { kind: 'stream' }>).body[Symbol.asyncIterator]()
    expect((await lines.next()).done).toBe(false)
    await expect(lines.next()).rejects.toThrow('timeNano')
  })
})
