import type { Operation, Principal } from '@moby/contracts'
import { fitsOne } from './glob.ts'
import { objectsOf } from './objects-of.ts'
import { readValues } from './read-values.ts'
import type { Rule, RulesConfig } from './rule.ts'

/** What may be an id or the beginning of one: under it an object has any name. */
const idRule = /^(sha256:)?[0-9a-f]+$/

/** The verdict of the first rule that fits; what no rule fits is as the configuration says. */
export function decide(
  { rules, otherwise, message }: RulesConfig,
  principal: Principal,
  operation: Operation,
): { allow: boolean; message?: string } {
  const rule = rules.find((each) => isFitting(each, principal, operation))
  if ((rule?.verdict ?? otherwise) === 'allow') return { allow: true }
  return { allow: false, message: rule?.message ?? (rule === undefined ? message : wordsFor(principal, operation)) }
}

function isFitting(rule: Rule, { name, groups }: Principal, operation: Operation): boolean {
  const { users, groups: wanted, operations, objects, request = {}, verdict } = rule
  const isCaller =
    (users === undefined && wanted === undefined) ||
    (users !== undefined && fitsOne(users, name)) ||
    (wanted !== undefined && groups.some((group) => fitsOne(wanted, group)))
  return (
    isCaller &&
    (operations === undefined || fitsOne(operations, operation.name)) &&
    (objects === undefined || areFitting(objects, objectsOf(operation.request), verdict)) &&
    Object.entries(request).every(([path, values]) => hasValue(operation.request, path, values))
  )
}

/**
 * Doubt is against the caller: all names must fit what is allowed, and one that fits what is denied is enough. An id tells
 * no name, so it may be anything that is denied, and is nothing that is allowed but by a pattern for ids.
 */
function areFitting(patterns: readonly string[], objects: readonly string[], verdict: Rule['verdict']): boolean {
  if (verdict === 'allow') return objects.length > 0 && objects.every((object) => fitsOne(patterns, object))
  return objects.some((object) => fitsOne(patterns, object) || idRule.test(object))
}

function hasValue(request: unknown, path: string, wanted: readonly (string | number | boolean)[]): boolean {
  return readValues(request, path.split('.')).some((value) =>
    wanted.some((each) =>
      typeof each === 'string' && typeof value === 'string' ? fitsOne([each], value) : each === value,
    ),
  )
}

function wordsFor({ name }: Principal, operation: Operation): string {
  return `${name === '' ? 'a caller without a name' : name} may not do ${operation.name}`
}
