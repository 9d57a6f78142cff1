// Written from the contract by `npm run docs`; not to be edited.

import type { Call } from '../component.ts'

export interface InfoResponse {
  /** Name that docker clients know: overlay2, vfs */
  readonly name: string
  readonly status: readonly (readonly unknown[])[]
  /** A layer may be unpacked without its parent and be given it at commit: layers are then unpacked side by side */
  readonly rebase?: boolean | undefined
  /** Layers that a snapshot may stand on at most; an image of more is refused before it is unpacked. No limit when absent */
  readonly mostLayers?: number | undefined
}

export interface PrepareRequest {
  readonly key: string
  readonly parent?: string | undefined
  /** Kept with the snapshot */
  readonly labels?: Readonly<Record<string, string>> | undefined
}

export interface Mount {
  /** File system type, or `bind` */
  readonly type: string
  readonly source: string
  /** As in fstab: flags and file system options */
  readonly options: readonly string[]
}

export interface PrepareResponse {
  readonly mounts: readonly Mount[]
}

export interface ViewRequest {
  readonly key: string
  readonly parent: string
}

export interface ViewResponse {
  readonly mounts: readonly Mount[]
}

export interface MountsRequest {
  readonly key: string
}

export interface MountsResponse {
  readonly mounts: readonly Mount[]
}

export interface ApplyRequest {
  readonly key: string
  /** None when absent. All members and frames are read */
  readonly compression?: 'none' | 'gzip' | 'zstd' | undefined
}

export interface Input {
  /** `sha256:` and hex, of the bytes that came in */
  readonly digest: string
  /** Bytes that came in */
  readonly size: string
}

export interface ApplyResponse {
  /** `sha256:` and hex, of the uncompressed archive */
  readonly diffId: string
  /** Bytes of file content unpacked */
  readonly size: string
  readonly input: Input
}

export interface CommitRequest {
  readonly key: string
  readonly name: string
  readonly parent?: string | undefined
}

export interface CommitResponse {
  /** Bytes that this layer adds */
  readonly size: string
}

export interface DiffRequest {
  readonly key: string
  /** Absolute paths that are left out as far as the snapshot added them, and the folders above with them that have changed in nothing else: mount points that were made for a container */
  readonly without?: readonly string[] | undefined
}

export interface ChangesRequest {
  readonly key: string
}

export interface ChangesItem {
  readonly path: string
  readonly kind: 'added' | 'modified' | 'deleted'
}

export interface UsageRequest {
  readonly key: string
}

export interface UsageResponse {
  /** Bytes */
  readonly size: string
  /** Files, directories and others */
  readonly inodes: string
}

export interface StatRequest {
  readonly key: string
}

export interface StatResponse {
  readonly key: string
  readonly kind: 'active' | 'view' | 'committed'
  readonly parent?: string | undefined
  /** When it was made or committed */
  readonly createdAt: string
}

export interface Snapshot {
  readonly key: string
  readonly kind: 'active' | 'view' | 'committed'
  readonly parent?: string | undefined
  /** When it was made or committed */
  readonly createdAt: string
}

export interface RemoveRequest {
  readonly key: string
}

/** storage.layers 0.1.0: Snapshots of image layers by chainID: the root file systems of containers. */
export interface Driver {
  /** What the driver stands on, for `docker info`: the driver name that clients expect and rows of status. */
  info(request: Record<string, never>, call?: Call): Promise<InfoResponse>

  /** Makes an active (writable) snapshot on a committed parent, or an empty one without parent. What is not committed is no parent: SNAPSHOT_NOT_FOUND. Errors: SNAPSHOT_EXISTS, SNAPSHOT_NOT_FOUND, SNAPSHOT_TOO_DEEP, STORAGE_FULL. */
  prepare(request: PrepareRequest, call?: Call): Promise<PrepareResponse>

  /** Makes a read-only snapshot of a committed parent. Errors: SNAPSHOT_EXISTS, SNAPSHOT_NOT_FOUND, SNAPSHOT_TOO_DEEP, STORAGE_FULL. */
  view(request: ViewRequest, call?: Call): Promise<ViewResponse>

  /** The mounts of an active snapshot or view; mounting them one over another gives the tree. Errors: SNAPSHOT_NOT_FOUND, SNAPSHOT_NOT_ACTIVE. */
  mounts(request: MountsRequest, call?: Call): Promise<MountsResponse>

  /** Unpacks one layer archive, plain or compressed, into an active snapshot, by the rules of the image specification (layer.md): whiteouts, opaque directories, hard links, xattrs. Nothing outside the snapshot can be touched whatever the archive holds. On error the snapshot must be removed. Errors: SNAPSHOT_NOT_FOUND, SNAPSHOT_NOT_ACTIVE, ARCHIVE_INVALID, ARCHIVE_ESCAPES, ARCHIVE_LIMIT, ARCHIVE_TRUNCATED, STORAGE_FULL. */
  apply(request: ApplyRequest, input: AsyncIterable<Uint8Array>, call?: Call): Promise<ApplyResponse>

  /** Turns an active snapshot into a committed one named by its chainID. Fails with SNAPSHOT_EXISTS when that name is there already, which for equal chainIDs means that the work was done by another. A driver that can `rebase` puts a snapshot without parent on the one given. Errors: SNAPSHOT_NOT_FOUND, SNAPSHOT_NOT_ACTIVE, SNAPSHOT_EXISTS, SNAPSHOT_TOO_DEEP, STORAGE_FULL, NOT_SUPPORTED. */
  commit(request: CommitRequest, call?: Call): Promise<CommitResponse>

  /** What a snapshot changed against its parent, as an uncompressed layer archive with whiteouts; equal trees give equal bytes. Errors: SNAPSHOT_NOT_FOUND. */
  diff(request: DiffRequest, call?: Call): AsyncIterable<Uint8Array>

  /** What a snapshot changed against its parent, path by path, parents before children. Paths begin with a slash. Errors: SNAPSHOT_NOT_FOUND. */
  changes(request: ChangesRequest, call?: Call): AsyncIterable<ChangesItem>

  /** What a snapshot itself occupies, without its parents. Errors: SNAPSHOT_NOT_FOUND. */
  usage(request: UsageRequest, call?: Call): Promise<UsageResponse>

  /** One snapshot. Errors: SNAPSHOT_NOT_FOUND. */
  stat(request: StatRequest, call?: Call): Promise<StatResponse>

  /** Every snapshot. */
  list(request: Record<string, never>, call?: Call): AsyncIterable<Snapshot>

  /** Removes a snapshot and frees its space. A missing one is success. One with children, also while these are being made, is refused. Errors: SNAPSHOT_IN_USE. */
  remove(request: RemoveRequest, call?: Call): Promise<Record<string, never>>
}
