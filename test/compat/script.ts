import type { Subject } from './subject.ts'

/** Keeps an answer under a name; the same name on both engines is one comparison. */
export type Note = (name: string, answer: unknown) => void

/** Steps that are taken on each engine alike. */
export interface Script {
  readonly name: string
  /** True when the answers of dockerd are kept in `recorded/` and replayed without it: raw requests only. */
  readonly recorded: boolean
  run(subject: Subject, note: Note): Promise<void>
}
