import { beforeAll, expect, it } from 'vitest'
import { acceptedReason } from '../../compat/accepted.ts'
import { differences } from '../../compat/compare.ts'
import { observe } from '../../compat/observe.ts'
import { readRecord } from '../../compat/record.ts'
import { scripts } from '../../compat/scripts.ts'
import { shapeOf } from '../../compat/shape.ts'
import type { Subject } from '../../compat/subject.ts'
import type { SharedEngine } from '../shared-engine.ts'

export function proveRecordedAnswers(shared: SharedEngine): void {
  let subject: Subject

  beforeAll(async () => {
    subject = shared.subject
  })

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
}
