import type { Descriptor } from '../component/descriptor.ts'
import type { PayloadPart } from './payload.ts'

/** A version of a component that a source offers. */
export interface ComponentCandidate {
  readonly name: string
  readonly version: string
  readonly descriptor: Descriptor
  /** Where the descriptor can be shown to the user: a path or a reference. */
  readonly origin: string
}

/** A component whose payload lies in a folder, ready to load. */
export interface ComponentPayload {
  /** Absolute path of the folder with component.yaml. */
  readonly folder: string
  /** `sha256:` and hex over the payload's files (names, modes, contents) in canonical order. */
  readonly digest: string
  readonly descriptorDigest: string
  /**
   * What a copy is made of, so that the payload can be kept by its digest: the component's own package first, then those
   * that it needs. Absent where the source keeps it so itself.
   */
  readonly parts?: readonly PayloadPart[] | undefined
  /** Folders outside its own that its code is read from. Absent: those of the engine, or none. */
  readonly sees?: readonly string[] | undefined
}

/**
 * Where components are found. The kernel knows sources through this interface alone: those of this
 * project are `workspace:` and `folder:`, registries add theirs.
 */
export interface ComponentSource {
  /** `workspace`, `folder`, `oci`: the word before the colon in a manifest. */
  readonly scheme: string
  /** Every version of a component under a location, in any order; empty when there is none. */
  candidates(location: string, component: string): Promise<readonly ComponentCandidate[]>
  /** Names that the location offers, for did-you-mean. */
  names(location: string): Promise<readonly string[]>
  /** Brings the payload to this host (a folder source has it) and measures its digest afresh. */
  payload(location: string, candidate: ComponentCandidate): Promise<ComponentPayload>
}

/** Decides whether a payload may be loaded, by the operator's policy. Called at every load, after the digest check. */
export interface TrustVerifier {
  /** Throws a coded error that names the component and the rule it breaks. */
  verify(subject: {
    readonly candidate: ComponentCandidate
    readonly digest: string
    readonly source: string
  }): Promise<void>
}
