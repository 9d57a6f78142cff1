// Written from the contract by `npm run docs`; not to be edited.

import type { Call } from '../component.ts'

export interface CapabilitiesResponse {
  readonly scope: 'local' | 'global'
}

export interface CreateRequest {
  readonly name: string
  /** Driver options, `--opt` */
  readonly options: Readonly<Record<string, string>>
}

export interface GetRequest {
  readonly name: string
}

export interface Volume {
  readonly name: string
  /** Where its files are on the host, when known */
  readonly mountpoint?: string | undefined
  /** When it was made */
  readonly createdAt?: string | undefined
  /** What it was created with */
  readonly options?: Readonly<Record<string, string>> | undefined
  /** Shown as it is by `docker volume inspect` */
  readonly status?: Readonly<Record<string, unknown>> | undefined
}

export interface GetResponse {
  readonly volume: Volume
}

export interface ListResponse {
  readonly volumes: readonly Volume[]
}

export interface PathRequest {
  readonly name: string
}

export interface PathResponse {
  /** Absolute path on the host */
  readonly mountpoint: string
}

export interface MountRequest {
  readonly name: string
  /** One user of the mount; the driver counts users by it */
  readonly id: string
}

export interface MountResponse {
  /** Absolute path on the host */
  readonly mountpoint: string
}

export interface UnmountRequest {
  readonly name: string
  /** One user of the mount; the driver counts users by it */
  readonly id: string
}

export interface UsageRequest {
  readonly name: string
}

export interface UsageResponse {
  /** Bytes */
  readonly size: string
}

export interface RemoveRequest {
  readonly name: string
}

/** storage.volume 0.1.0: Named volumes that outlive containers. */
export interface Driver {
  /** Whether its volumes are those of this host or of a cluster. */
  capabilities(request: Record<string, never>, call?: Call): Promise<CapabilitiesResponse>

  /** Makes a volume. The same name with the same options again is success; with others it is a conflict, and the volume stays as it was. A call that fails or is cancelled leaves a whole volume or none. Errors: VOLUME_NAME_INVALID, VOLUME_OPTIONS_CONFLICT, VOLUME_OPTION_UNKNOWN, VOLUME_OPTION_INVALID, HOST_LACKS. */
  create(request: CreateRequest, call?: Call): Promise<Record<string, never>>

  /** One volume; the same at every call until it is removed, also over a restart of the driver. Errors: VOLUME_NOT_FOUND. */
  get(request: GetRequest, call?: Call): Promise<GetResponse>

  /** Every volume of the driver once, each as `get` tells it. */
  list(request: Record<string, never>, call?: Call): Promise<ListResponse>

  /** Where the files of a volume are, mounted or not: what `mount` answers and `get` tells, when it tells it. Errors: VOLUME_NOT_FOUND. */
  path(request: PathRequest, call?: Call): Promise<PathResponse>

  /** Makes the files available for one user. Volumes may have many users at once; the driver counts by id, also over its own restart. A call that fails counts no user. Errors: VOLUME_NOT_FOUND, VOLUME_OPTION_INVALID, HOST_LACKS, HOST_SYSTEM_CALL. */
  mount(request: MountRequest, call?: Call): Promise<MountResponse>

  /** Ends the use under this id. An id that is not mounted is success. Errors: VOLUME_NOT_FOUND. */
  unmount(request: UnmountRequest, call?: Call): Promise<Record<string, never>>

  /** Bytes that the files of a volume occupy. Errors: VOLUME_NOT_FOUND, NOT_SUPPORTED. */
  usage(request: UsageRequest, call?: Call): Promise<UsageResponse>

  /** Removes a volume and its files. A mounted one is refused, an unknown one is an error. Its name is free for another. Errors: VOLUME_NOT_FOUND, VOLUME_IN_USE. */
  remove(request: RemoveRequest, call?: Call): Promise<Record<string, never>>
}
