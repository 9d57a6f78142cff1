import { describe, expect, it } from 'vitest'
import { BuildService } from '../build-service/build-service.ts'
import { routeTable } from '../routes/table.ts'
import { Router } from './router.ts'

const router = new Router(
  routeTable({ authorizers: () => [], buildkit: new BuildService('/nowhere'), builds: () => true }),
)
const found = (method: string, target: string) => {
  const { route, vars, version } = router.find(method, target)
  return { path: route.path, vars, version }
}

describe('routing', () => {
  it('serves every path with and without version', () => {
    expect(found('GET', '/containers/json')).toMatchObject({ path: '/containers/json', version: 51 })
    expect(found('GET', '/v1.24/containers/json?all=1')).toMatchObject({ path: '/containers/json', version: 24 })
    expect(found('GET', '/v1.44/version')).toMatchObject({ path: '/version', version: 44 })
    expect(found('GET', '/volumes')).toMatchObject({ path: '/volumes', version: 51 })
  })

  it('takes names with slashes, plain and encoded', () => {
    expect(found('GET', '/images/docker.io/library/busybox:1/json').vars).toEqual({
      name: 'docker.io/library/busybox:1',
    })
    expect(found('DELETE', '/v1.50/images/docker.io%2Flibrary%2Fbusybox').vars).toEqual({
      name: 'docker.io/library/busybox',
    })
  })

  it('does not take a fixed path for a name', () => {
    expect(found('POST', '/containers/prune').path).toBe('/containers/prune')
    expect(found('POST', '/networks/create').path).toBe('/networks/create')
    expect(found('GET', '/networks/').path).toBe('/networks/')
    expect(found('POST', '/images/load').path).toBe('/images/load')
  })

  it.each([
    ['GET', '/nothing'],
    ['PATCH', '/containers/json'],
    ['POST', '/info'],
    ['GET', '/vX'],
    ['GET', '/vX/nothing'],
    ['GET', '/v1.40'],
  ])('answers %s %s as Docker does: page not found', (method, target) => {
    expect(() => router.find(method, target)).toThrow('page not found')
  })

  it.each([
    ['/v1.23/info', 'client version 1.23 is too old. Minimum supported API version is 1.24'],
    ['/v0.1/info', 'client version 0.1 is too old'],
    ['/v1.52/info', 'client version 1.52 is too new. Maximum supported API version is 1.51'],
    ['/v9.99/info', 'client version 9.99 is too new'],
    ['/vX/info', 'The API serves 1.24 to 1.51'],
    ['/v1..2/info', 'The API serves 1.24 to 1.51'],
  ])('refuses the version of %s', (target, message) => {
    expect(() => router.find('GET', target)).toThrow(message)
  })

  it.each(['//v1.41//info', '/v1.41/../info', '/v1.41/%2e%2e/info', '/info%00', 'http://x/info', '/%zz', '/./info'])(
    'refuses the ambiguous target %s',
    (target) => {
      expect(() => router.find('GET', target)).toThrow('the path of the request')
    },
  )
})
