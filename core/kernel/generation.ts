import type { LockEntry } from '@moby/contracts'
import { buildGraph, type Graph } from '../graph/graph.ts'
import { levelsOf } from '../graph/levels.ts'
import type { AppliedDaemonFile } from './read-assembly.ts'
import type { Member, MemberFacts } from '../lifecycle/member.ts'
import type { LockFile } from '../lock/lock-file.ts'
import type { ManifestFile } from '../manifest/load-manifest.ts'

/**
 * The whole of a running assembly as one value: what the user wrote, and all that follows from it. It is never changed,
 * but replaced by another, in one turn, so that nobody sees half of a change.
 */
export interface Generation {
  /** Counts the changes of a data root, from 1. */
  readonly number: number
  /** Path of the manifest that the engine was started with: what a reload reads. */
  readonly startedWith: string
  readonly manifest: ManifestFile
  readonly lock: LockFile
  /** Absent when the engine was started without one. */
  readonly daemon: AppliedDaemonFile | undefined
  /** What manifest and lock want, with the files of each entry. */
  readonly entries: readonly MemberFacts[]
  /** What runs: in the order of the manifest, those that were removed and are still used at the end. */
  readonly members: readonly Member[]
  readonly graph: Graph
  /** By level: each needs only levels before it. */
  readonly levels: readonly (readonly Member[])[]
}

/** A generation from what is wanted and what runs of it. */
export function makeGeneration(facts: Omit<Generation, 'graph' | 'levels'>): Generation {
  const { members } = facts
  const graph = buildGraph(members.map(nodeOf))
  const byName = new Map(members.map((member) => [member.name, member]))
  const levels = levelsOf(graph).map((level) => level.flatMap((name) => byName.get(name) ?? []))
  return Object.freeze({ ...facts, graph, levels })
}

function nodeOf({ name, locked }: { readonly name: string; readonly locked: LockEntry }) {
  return { name, provides: locked.provides, requires: locked.requires }
}

/** The generation that runs. Whoever needs it asks at each use and keeps nothing. */
export class CurrentGeneration {
  #value: Generation

  constructor(first: Generation) {
    this.#value = first
  }

  get value(): Generation {
    return this.#value
  }

  replace(next: Generation): void {
    this.#value = next
  }
}
