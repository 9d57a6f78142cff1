import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { acceptedReason } from '../compat/accepted.ts'
import { differences } from '../compat/compare.ts'
import { observe } from '../compat/observe.ts'
import { readRecord } from '../compat/record.ts'
import { scripts } from '../compat/scripts.ts'
import { shapeOf } from '../compat/shape.ts'
import { startMobySubject, type Subject } from '../compat/subject.ts'

describe('answers of dockerd 28.5, recorded', () => {
  let subject: Subject

  beforeAll(async () => {
    subject = await startMobySubject()
    await subject.loadBusybox()
  })
  afterAll(() => subject.stop())

  it.each(scripts.filter((each) => each.recorded))('have the same keys and types: $name', async (script) => {
    const expected = await readRecord(script)
    const actual = await observe(script, subject)
    const found = [...new Set([...expected.keys(), ...actual.keys()])].flatMap((name) =>
      differences(shapeOf(expected.get(name)), shapeOf(actual.get(name)))
        .map((each) => ({ ...each, path: `${script.name}/${name}${each.path}` }))
        .filter((each) => acceptedReason(each.path, each.expected, each.actual) === undefined),
    )
    expect(found).toEqual([])
  })
})
