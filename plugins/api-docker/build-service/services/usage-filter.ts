import { codedError } from '@moby/contracts'
import type { UsageRecord } from '../messages/control-messages.ts'

type Test = (record: UsageRecord) => boolean

const texts: Readonly<Record<string, (record: UsageRecord) => string>> = {
  id: ({ id }) => id,
  type: ({ recordType }) => recordType,
  description: ({ description }) => description,
}
const flags: Readonly<Record<string, Test>> = {
  inuse: ({ inUse }) => inUse,
  mutable: ({ isMutable }) => isMutable,
  immutable: ({ isMutable }) => !isMutable,
  shared: ({ isShared }) => isShared,
  private: ({ isShared }) => !isShared,
}

/**
 * Reads filters in containerd's form: within one of them a comma means "and", between them "or" is meant. Without any,
 * everything passes. What removes things must not guess, so that what is not known is refused: FILTER_INVALID.
 */
export function usageFilter(filters: readonly string[]): Test {
  // Clients send an empty one for none.
  const tests = filters.filter((filter) => filter !== '').map((filter) => filter.split(',').map(readTest))
  return (record) => tests.length === 0 || tests.some((all) => all.every((test) => test(record)))
}

function readTest(text: string): Test {
  const [, name = '', operator = '', written = ''] = /^([a-z]+)(?:(==|!=|~=)(.*))?$/s.exec(text.trim()) ?? []
  const value = written.replace(/^"(.*)"$/s, '$1')
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined
  if (flag !== undefined && operator === '') return flag
  if (flag !== undefined && operator === '==' && /^(?:true|false)$/.test(value)) {
    return (record) => flag(record) === (value === 'true')
  }
  const read = Object.hasOwn(texts, name) ? texts[name] : undefined
  if (read === undefined || operator === '') throw invalid(text)
  if (operator === '==') return (record) => read(record) === value
  if (operator === '!=') return (record) => read(record) !== value
  const part = plain(value, text)
  return (record) => read(record).includes(part)
}

/** Of patterns only those that are plain text are taken: another language of patterns would match something else. */
function plain(pattern: string, filter: string): string {
  if (/^[\w\s:/@-]*$/.test(pattern)) return pattern
  throw invalid(filter)
}

function invalid(filter: string) {
  return codedError('FILTER_INVALID', `The filter ${JSON.stringify(filter)} of the build cache is not known`, {
    hint: `Use ${Object.keys(texts).join(', ')} with == or !=, or one of ${Object.keys(flags).join(', ')}.`,
  })
}
