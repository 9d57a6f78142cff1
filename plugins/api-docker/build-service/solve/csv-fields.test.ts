import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvFields } from './csv-fields.ts'

test.each([
  ['', []],
  ['a=1.2.3.4', ['a=1.2.3.4']],
  ['a=::1,b=2', ['a=::1', 'b=2']],
  ['"a,b",c', ['a,b', 'c']],
  ['"say ""so""",', ['say "so"', '']],
])('%s has the fields %j', (line, fields) => expect(csvFields(line)).toEqual(fields))

test('fields that are quoted come back as they were', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 5 }), (fields) => {
      const line = fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')
      expect(csvFields(line)).toEqual(fields)
    }),
  )
})
