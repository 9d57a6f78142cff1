import type { TreeListing } from './tree-listing.ts'

/** What a party has after a pull. */
export interface Pulled {
  /** Digest of what the reference stood for, as the party tells it. */
  readonly digest: string
  /** The files below `/srv`. */
  readonly tree: TreeListing
  readonly labels: Readonly<Record<string, string>>
}

/** An engine or a tool that moves images to and from registries. */
export interface Party {
  readonly name: string
  /** Pulls an image afresh, for the platform linux/`architecture`. */
  pull(reference: string, architecture: string): Promise<Pulled>
  /** Takes the image of this name out of a layout and pushes it. */
  push(layout: string, name: string, reference: string): Promise<void>
  /** Pushes an index of images that are in the registry as `reference`-ARCHITECTURE already. */
  pushIndex(layout: string, reference: string): Promise<void>
  stop(): Promise<void>
}

/** A party that keeps what it pulled as it was, so that it can give it back. */
export interface KeepingParty extends Party {
  /** Pulls these platforms of `from` and pushes what it got as `to`. */
  copy(from: string, to: string, architectures: readonly string[]): Promise<void>
}
