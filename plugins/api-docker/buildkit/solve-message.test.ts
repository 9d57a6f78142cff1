import { message, string, uint64 } from '@moby/lib-ttrpc'
import { describe, expect, test } from 'vitest'
import { changeSolve, SolveExporters } from './solve-message.ts'

const Others = message('test.Others', { ref: string(1), session: string(5), later: uint64(900) })
const others = Others.encode({ ref: 'r1', session: 's1', later: 7 })
const request = (exporters: Parameters<typeof SolveExporters.encode>[0]) =>
  Buffer.concat([others, SolveExporters.encode(exporters)])

describe('a build', () => {
  test('whose image is for the engine sends an archive through its session instead, with the same names', () => {
    const image = { type: 'moby', attributes: { name: 'docker.io/library/x:1', push: 'true' } }
    const local = { type: 'local', attributes: {} }
    const changed = changeSolve(request({ exporters: [local, image] }))
    expect(changed).toMatchObject({ session: 's1', images: [1] })
    expect(SolveExporters.decode(changed.request).exporters).toEqual([
      local,
      { type: 'oci', attributes: { name: 'docker.io/library/x:1', tar: 'true' } },
    ])
  })

  test('of an old client, which has one exporter in fields of its own, is changed too', () => {
    const changed = changeSolve(request({ exporterDeprecated: 'moby', attributesDeprecated: { name: 'x' } }))
    expect(changed.images).toEqual([0])
    expect(SolveExporters.decode(changed.request)).toMatchObject({
      exporterDeprecated: 'oci',
      attributesDeprecated: { name: 'x', tar: 'true' },
    })
  })

  test('keeps what nobody here knows', () => {
    const changed = changeSolve(request({ exporters: [{ type: 'moby', attributes: {} }] }))
    expect(Others.decode(changed.request)).toEqual({ ref: 'r1', session: 's1', later: 7 })
  })

  test('with another exporter passes byte for byte', () => {
    const given = request({ exporters: [{ type: 'tar', attributes: { dest: 'x' } }] })
    expect(changeSolve(given)).toEqual({ request: given, session: 's1', images: [] })
  })
})
