import { findCycle } from '../graph/cycle.ts'
import { buildGraph } from '../graph/graph.ts'
import type { MemberFacts } from '../lifecycle/member.ts'
import type { Choice } from '../resolve/choice.ts'
import { findViolations, type Violation } from '../resolve/violations.ts'
import { defer, type Draft } from './draft.ts'

/**
 * Leaves for the next start what would break a rule of assemblies together with what has to wait. It ends: each round
 * leaves more, and what runs now breaks none.
 */
export function deferUnmet(drafts: readonly Draft[]): readonly Draft[] {
  let left = drafts
  for (;;) {
    const culprits = culpritsOf(left)
    if (culprits.size === 0) return left
    left = left.map((draft) =>
      culprits.has(draft.step.name) ? defer(draft, culprits.get(draft.step.name) ?? '') : draft,
    )
  }
}

/** What would run afterwards. */
export function resultOf({ step: { action }, from, to }: Draft): MemberFacts | undefined {
  if (action === 'wait') return from
  // One that is removed and still used is there for what uses it alone.
  return action === 'retire' ? undefined : to
}

/** Entries whose change must wait, with the reason. */
function culpritsOf(drafts: readonly Draft[]): Map<string, string> {
  const result = drafts.flatMap((draft) => resultOf(draft) ?? [])
  for (const violation of findViolations(result.map(choiceFor))) {
    const involved = namesIn(violation, drafts)
    const culprits = changing(drafts).filter(({ step }) => involved.has(step.name))
    const why = `what waits for the next start does not fit it (${violation.contract})`
    if (culprits.length > 0) return new Map(culprits.map(({ step }) => [step.name, why]))
  }
  const cycle = findCycle(buildGraph(result.map(({ name, locked }) => ({ name, ...locked })))) ?? []
  const inCycle = changing(drafts).filter(({ step }) => cycle.includes(step.name))
  return new Map(inCycle.map(({ step }) => [step.name, 'with what waits for the next start it would form a circle']))
}

/** Those that could stay as they are. */
function changing(drafts: readonly Draft[]): Draft[] {
  return drafts.filter(({ step }) => ['add', 'replace', 'remove', 'retire'].includes(step.action))
}

/** Providers first: when one of them can wait, those who need it need not. */
function namesIn(violation: Violation, drafts: readonly Draft[]): Set<string> {
  const changed = changing(drafts)
  const providers = changed.filter(({ from, to }) =>
    [from, to].some((side) => side?.locked.provides.some(({ contract }) => contract === violation.contract)),
  )
  if (providers.length > 0) return new Set(providers.map(({ step }) => step.name))
  const needs = 'needs' in violation ? violation.needs : 'need' in violation ? [violation.need] : []
  return new Set(needs.map(({ by }) => by.entry))
}

function choiceFor({ name, locked: { use, version, provides, requires } }: MemberFacts): Choice {
  return { entry: name, component: use, version, provides, requires }
}
