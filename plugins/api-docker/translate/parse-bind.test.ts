import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseBind } from './parse-bind.ts'

const segment = fc.stringMatching(/^[a-z0-9][a-z0-9_.-]{0,8}$/).filter((word) => !['ro', 'rw', 'z'].includes(word))
const path = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`)
const access = fc.constantFrom(undefined, 'ro', 'rw')
const label = fc.constantFrom(undefined, 'z', 'Z')
const propagation = fc.constantFrom(undefined, 'private', 'rprivate', 'shared', 'rshared', 'slave', 'rslave')
const join = (...words: (string | undefined)[]) => words.filter((word) => word !== undefined).join(',')

describe('a bind', () => {
  it('keeps source, target and every option, in any order', () => {
    fc.assert(
      fc.property(path, path, access, label, propagation, fc.boolean(), (source, target, rw, z, spread, swap) => {
        const mode = swap ? join(spread, z, rw) : join(rw, z, spread)
        const bind = parseBind(`${source}:${target}${mode === '' ? '' : `:${mode}`}`)
        expect(bind.mode).toBe(mode)
        expect(bind.mount).toEqual({
          type: 'bind',
          source,
          target,
          createSource: true,
          ...(rw === 'ro' ? { readOnly: true } : {}),
          ...(spread === undefined ? {} : { propagation: spread }),
        })
      }),
    )
  })

  it('is a volume when its source is no path', () => {
    fc.assert(
      fc.property(segment, path, fc.boolean(), (name, target, noCopy) => {
        const { mount } = parseBind(`${name}:${target}${noCopy ? ':nocopy' : ''}`, 'nfs')
        expect(mount).toEqual({
          type: 'volume',
          source: name,
          target,
          volumeDriver: 'nfs',
          ...(noCopy ? { noCopy } : {}),
        })
      }),
    )
  })

  it('never fails but with its own words, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (written) => {
        try {
          const { mount } = parseBind(written)
          expect(mount.target.startsWith('/')).toBe(true)
        } catch (error) {
          expect(error).toMatchObject({ code: 'API_REQUEST_INVALID' })
        }
      }),
    )
  })

  it.each([
    ['', "invalid volume specification: ''"],
    [':/x', "invalid volume specification: ':/x'"],
    ['/a:rw', "invalid volume specification: '/a:rw'"],
    ['/a:/b:/c:/d', "invalid volume specification: '/a:/b:/c:/d'"],
    ['/a:/b:rx', 'invalid mode: rx'],
    ['/a:/b:ro,rw', 'invalid mode: ro,rw'],
    ['/a:/', "destination can't be '/'"],
    ['/a:/..', "destination can't be '/'"],
    ['/a:b', "invalid mount path: 'b' mount path must be absolute"],
    ['/a:/b:nocopy', 'field VolumeOptions must not be specified'],
    ['name:/b:shared', 'field BindOptions must not be specified'],
  ])('refuses %j', (written, message) => {
    expect(() => parseBind(written)).toThrow(message)
  })

  it('is an anonymous volume with a target alone', () => {
    expect(parseBind('/data').mount).toEqual({ type: 'volume', target: '/data' })
  })
})
