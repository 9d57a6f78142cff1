import { beforeAll, describe, expect, it } from 'vitest'
import { readImportGraph, type Import } from './import-graph.ts'
import { confined, layerOf } from './layers.ts'

let imports: Import[] = []
beforeAll(async () => {
  imports = await readImportGraph()
})

describe('the walls of the house', () => {
  it('sees the sources', () => {
    expect(imports.length).toBeGreaterThan(100)
    expect(imports.some(({ to }) => to?.startsWith('contracts/'))).toBe(true)
  })

  it('lets a layer import only what it may', () => {
    expect(imports.filter(crossesWall).map(explainWall)).toEqual([])
  })

  it('lets no component import another', () => {
    const crossings = imports.filter(
      ({ from, to }) => to !== undefined && component(from) !== component(to) && component(to) !== undefined,
    )
    expect(
      crossings.map(
        ({ from, line, specifier }) => `${from}:${line} imports ${specifier}: components meet through contracts`,
      ),
    ).toEqual([])
  })

  it('keeps certain packages in the one place that may import them', () => {
    const strays = imports.flatMap(({ from, line, foreign }) => {
      const rule = foreign === undefined ? undefined : confined.get(foreign)
      return rule === undefined || rule.files.test(from) ? [] : [`${from}:${line} imports ${foreign}: ${rule.why}`]
    })
    expect(strays).toEqual([])
  })
})

function crossesWall({ from, to }: Import): boolean {
  const source = layerOf(from)
  const target = to === undefined ? undefined : layerOf(to)
  if (source === undefined || target === undefined || source === target) return false
  return !source.imports.some((name) => name === target.name || to?.startsWith(`${name}/`))
}

function explainWall({ from, line, specifier }: Import): string {
  const layer = layerOf(from)
  return `${from}:${line} imports ${specifier}: ${layer?.name} may import ${layer?.imports.join(', ') || 'nothing of this project'}`
}

/** The component that a file belongs to; libraries belong to none. */
function component(file: string): string | undefined {
  const match = /^plugins\/(?!lib\/)([^/]+)\//.exec(file)
  return match?.[1]
}
