import type { FileHandle } from 'node:fs/promises'
import type { LogRecord } from '@moby/contracts'

/** A record of a file, read back; `whole` is false for a piece of a line that goes on. */
export interface StoredRecord {
  readonly stream: LogRecord['stream']
  /** RFC 3339 in UTC with nine digits. */
  readonly time: string
  readonly line: Uint8Array
  readonly whole: boolean
}

/** When a file is full, and what becomes of it. */
export interface Rotation {
  /** Bytes from which the file is rotated; undefined for never. */
  readonly maxSize: number | undefined
  /** Files that are kept, the current one counted. */
  readonly maxFile: number
  readonly compress: boolean
}

/** Puts records of one log together as they stand in its file. */
export interface RecordEncoder {
  /** Bytes of what was added since they were taken. */
  readonly length: number
  add(record: LogRecord): void
  /** What was added. It stays as it is until the next call of `add`. */
  take(): Buffer
}

/**
 * How records stand in a file. What is no record is left out, and told by a call of `damaged`. Lines may be parts of the
 * bytes given, which nobody changes.
 */
export interface RecordFormat {
  /** Name of the current file of a log in the folder of the log. */
  readonly fileName: (log: string) => string
  /**
   * The records at the beginning of `bytes`, where one begins, and how many bytes are done with. What follows them may go
   * on behind `bytes`, unless `isEnd` tells that nothing does.
   */
  readonly forward: (
    bytes: Buffer,
    reach: { readonly isEnd: boolean },
    damaged: () => void,
  ) => { readonly records: StoredRecord[]; readonly used: number }
  /**
   * The records at the end of `bytes`, in the order written, and how many bytes before them are not done with. One may have
   * begun before `bytes` unless `isBegin`; their end is the end of a record unless `isEnd`, which is that of the file.
   */
  readonly backward: (
    bytes: Buffer,
    reach: { readonly isBegin: boolean; readonly isEnd: boolean },
    damaged: () => void,
  ) => { readonly records: StoredRecord[]; readonly left: number }
  /** Brings a file of `size` bytes that may have lost its end to where a record can be appended; answers its size then. */
  readonly mend: (file: Pick<FileHandle, 'read' | 'write' | 'truncate'>, size: number) => Promise<number>
}
