import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { familiarReference, formatReference, parseReference, withDefaultTag } from './image-reference.ts'

describe('image references', () => {
  it.each([
    ['busybox', 'docker.io/library/busybox:latest', 'busybox:latest'],
    ['busybox:1.36', 'docker.io/library/busybox:1.36', 'busybox:1.36'],
    ['docker.io/library/busybox', 'docker.io/library/busybox:latest', 'busybox:latest'],
    ['index.docker.io/me/app', 'docker.io/me/app:latest', 'me/app:latest'],
    ['localhost/app', 'localhost/app:latest', 'localhost/app:latest'],
    ['registry:5000/team/app:v1', 'registry:5000/team/app:v1', 'registry:5000/team/app:v1'],
    [`a@sha256:${'0'.repeat(64)}`, `docker.io/library/a@sha256:${'0'.repeat(64)}`, `a@sha256:${'0'.repeat(64)}`],
  ])('reads %s', (text, canonical, familiar) => {
    const reference = withDefaultTag(parseReference(text))
    expect(formatReference(reference)).toBe(canonical)
    expect(familiarReference(reference)).toBe(familiar)
  })

  it.each([
    '',
    'UPPER',
    'a//b',
    'a:',
    'a:b:c',
    '-a',
    'a@sha256:0',
    '../a',
    'a b',
    'f'.repeat(64),
    'a/../b',
    'host:port/a',
  ])('refuses %j', (text) => {
    expect(() => parseReference(text)).toThrow(expect.objectContaining({ code: 'IMAGE_REFERENCE_INVALID' }))
  })

  it('says that names are lower-case, as docker does', () => {
    expect(() => parseReference('BusyBox')).toThrow(
      'invalid reference format: repository name (library/BusyBox) must be lowercase',
    )
  })

  it('reads back what it writes, in both forms', () => {
    const word = fc.stringMatching(/^[a-z0-9]{1,8}$/)
    const reference = fc.record({
      domain: fc.constantFrom('docker.io', 'localhost', 'registry.example:5000'),
      path: fc.array(word, { minLength: 2, maxLength: 3 }).map((words) => words.join('/')),
      tag: fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,10}$/),
    })
    fc.assert(
      fc.property(reference, (each) => {
        expect(parseReference(formatReference(each))).toEqual(each)
        expect(parseReference(familiarReference(each))).toEqual(each)
      }),
    )
  })
})
