import { describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { checkRules } from './check-rules.ts'
import { decide } from './decide.ts'
import { fits } from './glob.ts'
import { objectsOf } from './objects-of.ts'
import { readValues } from './read-values.ts'
import type { Rule, RulesConfig } from './rule.ts'

const alice = { name: 'alice', method: 'peer-credentials', groups: ['docker', 'ops'] }
const nobody = { name: '', method: 'none', groups: [] }
const config = (rules: Rule[], otherwise: RulesConfig['otherwise'] = 'deny'): RulesConfig => ({
  rules,
  otherwise,
  message: 'no rule allows it',
})
const ask = (rules: Rule[], name: string, request: unknown = {}, who = alice, otherwise: 'allow' | 'deny' = 'deny') =>
  decide(config(rules, otherwise), who, { name, request })

describe('rules', () => {
  it('are taken from first to last, and what none fits is denied with its words', () => {
    const rules: Rule[] = [
      { operations: ['containers.kill'], verdict: 'deny', message: 'nobody kills' },
      { operations: ['containers.*'], verdict: 'allow' },
    ]
    expect(ask(rules, 'containers.kill')).toEqual({ allow: false, message: 'nobody kills' })
    expect(ask(rules, 'containers.list')).toEqual({ allow: true })
    expect(ask(rules, 'images.list')).toEqual({ allow: false, message: 'no rule allows it' })
    expect(ask(rules, 'images.list', {}, alice, 'allow')).toEqual({ allow: true })
    expect(ask([{ verdict: 'deny' }], 'images.list')).toEqual({ allow: false, message: 'alice may not do images.list' })
  })

  it('fit callers by name or by group, and one without a name only where all fit', () => {
    const by = (rule: Partial<Rule>, who = alice) => ask([{ verdict: 'allow', ...rule }], 'images.list', {}, who).allow
    expect([by({ users: ['al*'] }), by({ groups: ['ops'] }), by({ users: ['bob'], groups: ['ops'] })]).toEqual([
      true,
      true,
      true,
    ])
    expect([by({ users: ['bob'] }), by({ groups: ['wheel'] }), by({ users: [] })]).toEqual([false, false, false])
    expect([by({ users: ['alice'] }, nobody), by({ groups: ['*'] }, nobody), by({ users: ['*'] }, nobody)]).toEqual([
      false,
      false,
      true,
    ])
  })

  it('allow by names only when all names fit, and an id is the name of nothing', () => {
    const rules: Rule[] = [{ objects: ['ci-*'], verdict: 'allow' }]
    expect(ask(rules, 'containers.remove', { ref: 'ci-1' }).allow).toBe(true)
    for (const request of [
      { ref: 'web' },
      { ref: '0123456789ab' },
      {},
      { refs: ['ci-1', 'web'] },
      { ref: 'ci-1', container: 'web' },
    ]) {
      expect(ask(rules, 'images.save', request).allow).toBe(false)
    }
  })

  it('deny by names when one fits, and when an id may be that of one', () => {
    const denied = (request: unknown) =>
      !ask([{ objects: ['web-*'], verdict: 'deny' }], 'containers.remove', request, alice, 'allow').allow
    expect(
      [{ ref: 'web-1' }, { ref: 'c0ffee' }, { refs: ['a1', 'web-2'] }, { vars: { ref: 'web-1' } }].map(denied),
    ).toEqual([true, true, true, true])
    expect([{ ref: 'ci-1' }, {}].map(denied)).toEqual([false, false])
  })

  it('look into requests, whatever the case of the keys and however often one is there', () => {
    const rules: Rule[] = [{ request: { 'body.HostConfig.Privileged': [true] }, verdict: 'deny' }]
    const allowed = (body: string) =>
      ask(rules, 'containers.create', { body: JSON.parse(body) as unknown }, alice, 'allow').allow
    expect(allowed('{"HostConfig":{"Privileged":true}}')).toBe(false)
    expect(allowed('{"hostconfig":{"PRIVILEGED":true}}')).toBe(false)
    expect(allowed('{"HostConfig":{"privileged":true,"Privileged":false}}')).toBe(false)
    expect(allowed('{"HostConfig":{"Privileged":false}}')).toBe(true)
    const binds: Rule[] = [{ request: { 'spec.mounts.source': ['/etc*'], 'spec.image': ['busybox'] }, verdict: 'deny' }]
    const spec = (source: string, image: string) => ({ spec: { image, mounts: [{ source: '/a' }, { source }] } })
    expect(ask(binds, 'containers.create', spec('/etc/x', 'busybox'), alice, 'allow').allow).toBe(false)
    expect(ask(binds, 'containers.create', spec('/etc/x', 'other'), alice, 'allow').allow).toBe(true)
    expect(ask(binds, 'containers.create', spec('/srv', 'busybox'), alice, 'allow').allow).toBe(true)
  })

  it('compare a number or a truth value as it is: no pattern fits it', () => {
    const denied = (wanted: string | number | boolean, memory: unknown) =>
      !ask([{ request: { memory: [wanted] }, verdict: 'deny' }], 'containers.create', { memory }, alice, 'allow').allow
    expect([denied(5, 5), denied(true, true), denied('5*', '512m')]).toEqual([true, true, true])
    expect([denied('*', 5), denied('*', true), denied(5, '5'), denied(5, 6)]).toEqual([false, false, false, false])
  })

  it('look into objects and lists alone', () => {
    expect(readValues({ a: [{ b: 1 }, { B: 2 }] }, ['a', 'b'])).toEqual([1, 2])
    for (const value of [null, undefined, 7, true, 'web', {}, []]) expect(readValues(value, ['0'])).toEqual([])
  })

  it("know what requests to Docker's API are about", () => {
    expect(objectsOf({ vars: { ref: 'web' }, query: { name: 'new' } })).toEqual(['web', 'new'])
    expect(objectsOf({ vars: {}, query: { fromImage: 'busybox', tag: '1' } })).toEqual(['busybox:1'])
    expect(objectsOf({ vars: { ref: 'net' }, query: {}, body: { container: 'web' } })).toEqual(['net', 'web'])
  })

  it.each([
    'ref',
    'refs',
    'id',
    'name',
    'container',
    'reference',
    'target',
    'spec.name',
    'vars.ref',
    'vars.name',
    'vars.id',
    'query.name',
    'query.names',
    'query.container',
    'query.remote',
    'query.t',
    'body.Name',
    'body.Container',
  ])('find the name of what a request is about at %s, once, and nothing that is no name', (place) => {
    const at = (value: unknown) => place.split('.').reduceRight<unknown>((inner, key) => ({ [key]: inner }), value)
    expect(objectsOf(at('web'))).toEqual(['web'])
    expect(objectsOf(at(['web', 'db', 'web', '', 7, null]))).toEqual(['web', 'db'])
    expect(objectsOf(at(''))).toEqual([])
  })

  it('put the tag of an image that is pulled or committed to its name, where there is one', () => {
    expect(objectsOf({ query: { fromImage: 'busybox' } })).toEqual(['busybox'])
    expect(objectsOf({ query: { repo: 'app', tag: 'v1' } })).toEqual(['app:v1'])
    expect(objectsOf({ query: { fromImage: 'busybox', tag: '' } })).toEqual(['busybox'])
    expect(objectsOf({ query: { tag: 'v1' } })).toEqual([])
  })

  it('that name operations that there are not are refused, or warned of', () => {
    const check = (...operations: string[]) => checkRules(config([{ operations, verdict: 'deny' }]))
    expect(check('containers.create', 'plugins.*', '*.remove', '*')).toEqual([])
    expect(check('containers.checkpoint', 'http.*', 'system.x', 'images.x', 'volumes.x')).toEqual(
      ['containers.checkpoint', 'http.*', 'system.x', 'images.x', 'volumes.x'].map(
        (name) => `Rule 1 names ${name}, which is no operation of this engine`,
      ),
    )
    expect(() =>
      checkRules(config([{ verdict: 'allow' }, { operations: ['container.create'], verdict: 'deny' }])),
    ).toThrow(
      expect.objectContaining({
        code: 'AUTH_RULES_INVALID',
        message: 'Rule 2 names container.create, and there are no such operations',
        hint: expect.stringMatching(/^operations begin with one of containers, .*builder.*: containers\.create$/),
        details: { rule: 2, pattern: 'container.create' },
      }),
    )
  })
})

describe('a pattern', () => {
  it('fits as the regular expression that says the same', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*', '?'), maxLength: 8 })
    const texts = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 10 })
    fc.assert(
      fc.property(letters, texts, (pattern, text) => {
        const expression = new RegExp(`^${pattern.replaceAll('*', '.*').replaceAll('?', '.')}$`)
        return fits(pattern, text) === expression.test(text)
      }),
    )
  })

  it('takes no long time for a text that was made to take it', () => {
    const { user: began } = process.threadCpuUsage()
    expect(fits(`${'*a'.repeat(50)}*b`, 'a'.repeat(20_000))).toBe(false)
    // Microseconds of this thread: what others use of the machine does not count.
    expect(process.threadCpuUsage().user - began).toBeLessThan(1_000_000)
  })
})
