import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseChallenges } from './challenge.ts'

test('the challenge of Docker Hub is read', () => {
  const header =
    'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/busybox:pull"'
  expect(parseChallenges([header])).toEqual([
    {
      scheme: 'bearer',
      parameters: {
        realm: 'https://auth.docker.io/token',
        service: 'registry.docker.io',
        scope: 'repository:library/busybox:pull',
      },
    },
  ])
})

test('several challenges are read, of one header and of several', () => {
  const schemes = parseChallenges(['Basic realm="a, b=c", Bearer realm="d" , error="x"', 'Negotiate', 'NTLM , basic'])
  expect(schemes.map(({ scheme, parameters }) => [scheme, { ...parameters }])).toEqual([
    ['basic', { realm: 'a, b=c' }],
    ['bearer', { realm: 'd', error: 'x' }],
    ['negotiate', {}],
    ['ntlm', {}],
    ['basic', {}],
  ])
})

test('quoted characters, names in capitals and spaces around the sign are read as they are meant', () => {
  expect(parseChallenges(['BEARER  REALM = "a\\"b\\\\c" ,Service=plain'])).toEqual([
    { scheme: 'bearer', parameters: { realm: 'a"b\\c', service: 'plain' } },
  ])
})

test('the first of two parameters of one name counts, and no name reaches a prototype', () => {
  const [challenge] = parseChallenges(['Bearer realm="first", realm="second", __proto__="x", constructor="y"'])
  expect(challenge?.parameters['realm']).toBe('first')
  expect(Object.getPrototypeOf(challenge?.parameters)).toBeNull()
  expect(({} as Record<string, unknown>)['x']).toBeUndefined()
})

const token = fc.stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,10}$/)
const value = fc.string({
  unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
})

test('whatever is written by the grammar is read back', () => {
  const challenge = fc.record({
    scheme: token,
    parameters: fc.uniqueArray(fc.tuple(token, value), { maxLength: 4, selector: ([name]) => name.toLowerCase() }),
  })
  fc.assert(
    fc.property(fc.array(challenge, { maxLength: 4 }), fc.constantFrom(',', ', ', ' , '), (challenges, comma) => {
      const written = challenges.map(({ scheme, parameters }) =>
        [scheme, parameters.map(([name, text]) => `${name}="${text.replaceAll(/["\\]/g, '\\$&')}"`).join(comma)]
          .join(' ')
          .trimEnd(),
      )
      const read = parseChallenges([written.join(comma)]).map((each) => [each.scheme, { ...each.parameters }])
      const meant = challenges.map(({ scheme, parameters }) => [
        scheme.toLowerCase(),
        Object.fromEntries(parameters.map(([name, text]) => [name.toLowerCase(), text])),
      ])
      expect(read).toEqual(meant)
    }),
  )
})

test('no header makes it fail or take long', () => {
  fc.assert(fc.property(fc.array(fc.string({ maxLength: 200 })), (headers) => void parseChallenges(headers)))
  const { user: began } = process.threadCpuUsage()
  for (const hostile of ['"', '\\', ',', '= ', 'a=', 'a="\\', ' ', 'Bearer realm="']) {
    parseChallenges([hostile.repeat(1_000_000)])
  }
  // Microseconds of this thread: what others use of the machine does not count.
  expect(process.threadCpuUsage().user - began).toBeLessThan(2_000_000)
})
