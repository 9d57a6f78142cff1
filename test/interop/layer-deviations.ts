import { isDeepStrictEqual } from 'node:util'
import type { FileFacts, WholeTree } from './whole-tree.ts'

interface Deviation {
  /** The parties that deviate. */
  readonly of: readonly string[]
  readonly when: 'packing' | 'unpacking'
  /** What they do otherwise than the image specification has it. */
  readonly reason: string
  /** What becomes of a path for it; when packing, `lower` is what the layers below say of the path. */
  readonly become: (facts: FileFacts, path: string, lower: FileFacts | undefined) => FileFacts
}

const second = 1_000_000_000n

/** All that is accepted of peers where their trees are not equal. Nothing is accepted of our own. */
const deviations: readonly Deviation[] = [
  {
    of: ['dockerd', 'podman', 'buildah', 'umoci'],
    when: 'packing',
    reason: 'times are cut to whole seconds',
    become: (facts) => (facts.modifiedAt === undefined ? facts : { ...facts, modifiedAt: floor(facts.modifiedAt) }),
  },
  {
    of: ['dockerd', 'podman', 'buildah'],
    when: 'unpacking',
    reason: 'a time before 1970 becomes 1970',
    become: (facts) => ((facts.modifiedAt ?? 0n) < 0n ? { ...facts, modifiedAt: 0n } : facts),
  },
  {
    of: ['dockerd'],
    when: 'packing',
    reason: 'of the extended attributes only security.capability is packed',
    become: (facts) => keepXattrs(facts, (name) => name === 'security.capability'),
  },
  {
    of: ['dockerd', 'podman', 'buildah'],
    when: 'packing',
    reason: 'another mode of the root itself is not packed',
    become: (facts, path, lower) => (path === '' && lower !== undefined ? { ...facts, mode: lower.mode } : facts),
  },
  {
    of: ['podman', 'buildah'],
    when: 'packing',
    reason: 'of the extended attributes only security.capability and user.* are packed',
    become: (facts) => keepXattrs(facts, (name) => name === 'security.capability' || name.startsWith('user.')),
  },
  {
    of: ['podman', 'buildah'],
    when: 'unpacking',
    reason: 'the root has the mode 0555, whatever the layers say',
    become: (facts, path) => (path === '' ? { ...facts, mode: 0o555 } : facts),
  },
  {
    of: ['dockerd'],
    when: 'unpacking',
    reason: 'the root has the mode 0755, whatever the layers say',
    become: (facts, path) => (path === '' ? { ...facts, mode: 0o755 } : facts),
  },
  {
    of: ['umoci'],
    when: 'packing',
    reason: 'an extended attribute without value is left out',
    become: (facts) => keepXattrs(facts, (_name, value) => value !== ''),
  },
  {
    of: ['umoci'],
    when: 'unpacking',
    reason: 'an extended attribute without value is left out',
    become: (facts) => keepXattrs(facts, (_name, value) => value !== ''),
  },
]

/** umoci ends its packing with an error when a tree has a socket in it, where others leave the socket out. */
export function packsBesideSockets(party: string): boolean {
  return party !== 'umoci'
}

/** The deviations of peers, and which of them were met. */
export class Deviations {
  readonly #met = new Map<string, number>()

  /** What a party makes of a tree when it packs it. */
  packed(tree: WholeTree, packer: string, lower: WholeTree): WholeTree {
    return this.#deviate(tree, packer, 'packing', lower)
  }

  /** The tree that a party unpacks where layers say this one. */
  unpacked(tree: WholeTree, taker: string): WholeTree {
    return this.#deviate(tree, taker, 'unpacking')
  }

  /** Fails when something is accepted that no party did. */
  checkAllSeen(): void {
    const unseen = deviations.flatMap((each) => each.of.map((party) => tell(each, party)))
    const left = unseen.filter((told) => !this.#met.has(told))
    if (left.length > 0) throw new Error(`not seen, and to be accepted no more:\n        ${left.join('\n        ')}`)
  }

  /** A line for each that was met, with the number of paths that it was met at. */
  describe(): string[] {
    return [...this.#met].map(([told, count]) => `accepted ${told} (${count} paths)`)
  }

  #deviate(tree: WholeTree, party: string, when: Deviation['when'], lower?: WholeTree): WholeTree {
    const result = new Map(tree)
    for (const deviation of deviations.filter((each) => each.when === when && each.of.includes(party))) {
      const told = tell(deviation, party)
      for (const [path, facts] of result) {
        const after = deviation.become(facts, path, lower?.get(path))
        if (isDeepStrictEqual(after, facts)) continue
        result.set(path, after)
        this.#met.set(told, (this.#met.get(told) ?? 0) + 1)
      }
    }
    return result
  }
}

function tell({ when, reason }: Deviation, party: string): string {
  return `of ${party} when ${when}: ${reason}`
}

function floor(time: bigint): bigint {
  return time - (((time % second) + second) % second)
}

function keepXattrs(facts: FileFacts, isKept: (name: string, value: string) => boolean): FileFacts {
  return { ...facts, xattrs: new Map([...facts.xattrs].filter(([name, value]) => isKept(name, value))) }
}
