/** One line of the docker CLI on each engine, and what is compared after it. */
export interface Case {
  /**
   * The words after `docker`. `{folder}` is a folder of the host with the files of `scene.ts`, `{registry}` the address
   * of a registry, `{search}` of one that can be searched, `{socket}` that of the engine.
   */
  readonly line: string
  /** Its flags for which it stands; all that are in the line unless told, and none when it is about the command. */
  readonly of?: readonly string[]
  /** Lines that make what it needs; not compared. */
  readonly before?: readonly string[]
  /** Lines whose answers belong to it. */
  readonly after?: readonly string[]
  /** Goes to the standard input, which is empty unless told. */
  readonly input?: string
  /** Types `input` on a terminal once the output shows this. */
  readonly typedAfter?: RegExp
  /** A line that is repeated until its output shows this, before `after`. */
  readonly until?: readonly [line: string, shows: RegExp]
  /** Ends the client of an endless answer once the output shows this. */
  readonly cutAfter?: RegExp
  /** Keeps these parts of the output alone, sorted, where the order or the rest is chance. */
  readonly keep?: RegExp
}

/** A flag or a few of `run` and `create`: one container each way, inspected, with its effect seen from inside. */
export interface ContainerCase extends Omit<Case, 'line'> {
  readonly flags: string
  /** Shell commands whose output is the effect; `true` unless told. */
  readonly look?: string
  /** The whole command, where it is no look. */
  readonly command?: string
  readonly image?: string
  /** Inspected once `until` has been seen: what it is before is chance. */
  readonly settles?: true
  /** It goes on while it is looked at: started with nobody attached. */
  readonly detached?: true
  /** Where the flag is only one of the two. */
  readonly only?: 'run' | 'create'
}
