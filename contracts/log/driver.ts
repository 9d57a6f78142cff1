import { Type, type Static } from 'typebox'
import { defineContract, shortAnswer } from '../component/contract.ts'
import { Bytes, Closed, Int64, Maybe, Nothing, OneOf, Open, StringMap, Timestamp } from '../component/schemas.ts'

const LogId = Type.String({ minLength: 1, maxLength: 128, pattern: '^[A-Za-z0-9][A-Za-z0-9_.-]*$' })

/** What a log driver may know of the container: Docker's logger.Info, field by field. */
export const LogInfo = Closed({
  options: StringMap('`--log-opt`'),
  containerId: Type.String(),
  containerName: Type.String({ description: 'With leading slash' }),
  entrypoint: Type.String(),
  args: Type.Array(Type.String()),
  imageId: Type.String(),
  imageName: Type.String(),
  createdAt: Timestamp('When the container was created'),
  env: Type.Array(Type.String()),
  labels: StringMap('Labels of the container'),
  daemonName: Type.String(),
})
export type LogInfo = Static<typeof LogInfo>

/** One line, or a piece of a line that is longer than 16 KiB. */
export const LogRecord = Closed({
  stream: OneOf(['stdout', 'stderr']),
  time: Timestamp('When the end of the line was read, with nanoseconds'),
  line: Bytes('Without the line feed'),
  /** Absent for a whole line. */
  partial: Maybe(
    Closed({
      id: Type.String({ description: 'The same for all pieces of a line' }),
      ordinal: Type.Integer({ minimum: 1 }),
      last: Type.Boolean({ description: 'True for the piece that ended in a line feed' }),
    }),
  ),
})
export type LogRecord = Static<typeof LogRecord>

/** Records one after the other, as many as are there at once: one each would cost more than what it carries. */
export const LogBatch = Type.Array(LogRecord, {
  minItems: 1,
  maxItems: 4096,
  description: 'Together not more than 8 MiB',
})
export type LogBatch = Static<typeof LogBatch>

/** How far into the output of a container a log reaches: bytes of each stream since its creation. */
export const LogPosition = Closed({ stdout: Int64('Bytes of stdout'), stderr: Int64('Bytes of stderr') })
export type LogPosition = Static<typeof LogPosition>

/**
 * Container logs. Delivery is at least once with an acknowledged position, and a driver drops what it
 * has already, so that neither the engine's death nor the driver's can lose or double a line.
 */
export const logDriver = defineContract({
  id: 'log.driver',
  version: '0.1.0',
  doc: 'Where the output of containers goes, and comes back from.',
  overlap: 'exclusive',
  overlapWhy: 'Two writers of one log would append at the same place and count positions apart from each other.',
  selection: 'driver',
  methods: {
    capabilities: {
      doc: 'Whether logs can be read back.',
      request: Nothing,
      response: Open({ read: Type.Boolean() }),
      errors: [],
      deadlineMs: 5_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    validate: {
      doc: 'Checks the options of a container before it is created.',
      request: Closed({ options: StringMap('`--log-opt`') }),
      response: Open({}),
      errors: ['LOG_OPTION_INVALID'],
      deadlineMs: 5_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    open: {
      doc:
        'Opens the log of a container, made at the first call. The answer tells what it holds already: writing goes on from ' +
        'there. One that is open already is opened anew with the options given, and loses nothing.',
      request: Closed({ log: LogId, info: LogInfo }),
      response: Open({
        position: LogPosition,
        path: Maybe(Type.String({ description: 'File that holds the log, when there is one' })),
      }),
      errors: ['LOG_OPTION_INVALID'],
      deadlineMs: 30_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    write: {
      doc:
        'Appends records that reach up to `position`. When the driver answers it has them: they survive its death ' +
        'and that of the engine. A batch whose position the log has reached already, in both streams, is dropped. A log that ' +
        'is closed is LOG_NOT_FOUND, until it is opened again.',
      request: Closed({
        log: LogId,
        records: Type.Array(LogRecord, { maxItems: 4096, description: 'Together not more than 8 MiB' }),
        position: LogPosition,
      }),
      response: Open({}),
      errors: ['LOG_NOT_FOUND'],
      deadlineMs: 30_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    read: {
      doc:
        'Records in the order written, in batches. `tail` counts whole lines of both streams from the end of the log, 0 for ' +
        'none, absent for all; `since`, `until` and `streams` then choose among these. A format that holds text gives U+FFFD ' +
        'for what is no UTF-8. A log that is closed can be read as well. ' +
        'With `follow` the stream goes on until the log is closed or removed, a record is later than `until`, or the caller ' +
        'gives up; a driver may also end it when that time has passed.',
      request: Closed({
        log: LogId,
        since: Maybe(Timestamp('Not before')),
        until: Maybe(Timestamp('Not after')),
        tail: Maybe(Type.Integer({ minimum: 0 })),
        follow: Maybe(Type.Boolean()),
        streams: Maybe(Type.Array(OneOf(['stdout', 'stderr']))),
      }),
      output: LogBatch,
      errors: ['LOG_NOT_FOUND', 'LOG_NOT_READABLE'],
      deadlineMs: 0,
      idempotent: true,
    },
    close: {
      doc: 'No more records will come until the next open. Followers end after the last record. An unknown one is success.',
      request: Closed({ log: LogId }),
      response: Open({}),
      errors: [],
      deadlineMs: 30_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    remove: {
      doc: 'Removes a log and its files. An unknown one is success.',
      request: Closed({ log: LogId }),
      response: Open({}),
      errors: [],
      deadlineMs: 30_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
  },
})
