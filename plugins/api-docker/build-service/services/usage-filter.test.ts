import { expect, test } from 'vitest'
import { usageFilter } from './usage-filter.ts'

const record = {
  id: 'a1',
  isMutable: false,
  inUse: true,
  size: 1,
  createdAt: undefined,
  lastUsedAt: undefined,
  usageCount: 1,
  description: 'RUN make all',
  recordType: 'regular',
  isShared: false,
  parents: [],
}

test.each([
  [[], true],
  [[''], true],
  [['id==a1'], true],
  [['id==b2'], false],
  [['id==b2', 'id==a1'], true],
  [['id==a1,type==exec.cachemount'], false],
  [['type!=exec.cachemount'], true],
  [['description~=make'], true],
  [['inuse'], true],
  [['inuse==false'], false],
  [['private,immutable'], true],
  [['shared'], false],
])('the filters %j let a record pass: %s', (filters, expected) => expect(usageFilter(filters)(record)).toBe(expected))

test.each(['size==1', 'id', 'id~=a.*', 'inuse==maybe', 'inuse,'])(
  'the filter %j is refused, not guessed at',
  (filter) => {
    expect(() => usageFilter([filter])).toThrow(expect.objectContaining({ code: 'FILTER_INVALID' }))
  },
)
