// Written from the contract by `npm run docs`; not to be edited.

import type { Call } from '../component.ts'

export interface CapabilitiesResponse {
  readonly read: boolean
}

export interface ValidateRequest {
  /** `--log-opt` */
  readonly options: Readonly<Record<string, string>>
}

export interface LogInfo {
  /** `--log-opt` */
  readonly options: Readonly<Record<string, string>>
  readonly containerId: string
  /** With leading slash */
  readonly containerName: string
  readonly entrypoint: string
  readonly args: readonly string[]
  readonly imageId: string
  readonly imageName: string
  /** When the container was created */
  readonly createdAt: string
  readonly env: readonly string[]
  /** Labels of the container */
  readonly labels: Readonly<Record<string, string>>
  readonly daemonName: string
}

export interface OpenRequest {
  readonly log: string
  readonly info: LogInfo
}

export interface LogPosition {
  /** Bytes of stdout */
  readonly stdout: string
  /** Bytes of stderr */
  readonly stderr: string
}

export interface OpenResponse {
  readonly position: LogPosition
  /** File that holds the log, when there is one */
  readonly path?: string | undefined
}

export interface Partial {
  /** The same for all pieces of a line */
  readonly id: string
  readonly ordinal: number
  /** True for the piece that ended in a line feed */
  readonly last: boolean
}

export interface LogRecord {
  readonly stream: 'stdout' | 'stderr'
  /** When the end of the line was read, with nanoseconds */
  readonly time: string
  /** Without the line feed */
  readonly line: Uint8Array
  readonly partial?: Partial | undefined
}

export interface WriteRequest {
  readonly log: string
  /** Together not more than 8 MiB */
  readonly records: readonly LogRecord[]
  readonly position: LogPosition
}

export interface ReadRequest {
  readonly log: string
  /** Not before */
  readonly since?: string | undefined
  /** Not after */
  readonly until?: string | undefined
  readonly tail?: number | undefined
  readonly follow?: boolean | undefined
  readonly streams?: readonly ('stdout' | 'stderr')[] | undefined
}

export interface CloseRequest {
  readonly log: string
}

export interface RemoveRequest {
  readonly log: string
}

/** log.driver 0.1.0: Where the output of containers goes, and comes back from. */
export interface Driver {
  /** Whether logs can be read back. */
  capabilities(request: Record<string, never>, call?: Call): Promise<CapabilitiesResponse>

  /** Checks the options of a container before it is created. Errors: LOG_OPTION_INVALID. */
  validate(request: ValidateRequest, call?: Call): Promise<Record<string, never>>

  /** Opens the log of a container, made at the first call. The answer tells what it holds already: writing goes on from there. One that is open already is opened anew with the options given, and loses nothing. Errors: LOG_OPTION_INVALID. */
  open(request: OpenRequest, call?: Call): Promise<OpenResponse>

  /** Appends records that reach up to `position`. When the driver answers it has them: they survive its death and that of the engine. A batch whose position the log has reached already, in both streams, is dropped. A log that is closed is LOG_NOT_FOUND, until it is opened again. Errors: LOG_NOT_FOUND. */
  write(request: WriteRequest, call?: Call): Promise<Record<string, never>>

  /** Records in the order written, in batches. `tail` counts whole lines of both streams from the end of the log, 0 for none, absent for all; `since`, `until` and `streams` then choose among these. A format that holds text gives U+FFFD for what is no UTF-8. A log that is closed can be read as well. With `follow` the stream goes on until the log is closed or removed, a record is later than `until`, or the caller gives up; a driver may also end it when that time has passed. Errors: LOG_NOT_FOUND, LOG_NOT_READABLE. */
  read(request: ReadRequest, call?: Call): AsyncIterable<readonly LogRecord[]>

  /** No more records will come until the next open. Followers end after the last record. An unknown one is success. */
  close(request: CloseRequest, call?: Call): Promise<Record<string, never>>

  /** Removes a log and its files. An unknown one is success. */
  remove(request: RemoveRequest, call?: Call): Promise<Record<string, never>>
}
