import { describe, expect, it } from 'vitest'
import { Container, injected, token } from './container.ts'

const name = token<string>('test.name')
const size = token<number>('test.size')

class Thing {
  readonly name: string
  readonly size: number

  constructor(name: string, size: number) {
    this.name = name
    this.size = size
  }
}
injected(Thing, name, size)

describe('the container', () => {
  it('makes an object with what its tokens stand for', () => {
    const container = new Container().register(name, 'box').register(size, 3)
    expect(container.make(Thing)).toMatchObject({ name: 'box', size: 3 })
  })

  it('lets a child see what its parent has, but not the other way round', () => {
    const parent = new Container().register(name, 'box')
    const child = parent.child().register(size, 3)
    expect(child.make(Thing)).toMatchObject({ name: 'box', size: 3 })
    expect(parent.has(size)).toBe(false)
    expect(() => parent.make(Thing)).toThrow()
  })

  it('keeps two containers apart', () => {
    new Container().register(name, 'box')
    expect(new Container().has(name)).toBe(false)
  })

  it('refuses tokens that do not fit the parameters, at compile time', () => {
    // @ts-expect-error the parameters are exchanged
    const wrong = () => injected(Thing, size, name)
    expect(wrong).toBeTypeOf('function')
  })
})
