/** The conversation between the engine and the name server process: lines of JSON on a Unix socket. */

/** Name of the socket in the folder of the name server. */
export const controlSocket = 'c.sock'

export type ControlRequest =
  | { readonly id: number; readonly method: 'hello' | 'exit' }
  | { readonly id: number; readonly method: 'load' | 'unload'; readonly file: string }

export interface ControlAnswer {
  readonly id: number
  /** Of the code that the process runs. */
  readonly version?: string
  readonly places?: readonly { readonly address: string; readonly port: number }[]
  /** Of the name server in a sandbox. */
  readonly ports?: { readonly udp: number; readonly tcp: number }
  readonly error?: string
  /** Name of the number with which the system refused, where it did: EADDRINUSE. */
  readonly errno?: string
}

/** Cuts a stream of text into lines. */
export class LineReader {
  #rest = ''

  push(chunk: string): string[] {
    const lines = (this.#rest + chunk).split('\n')
    this.#rest = lines.pop() ?? ''
    return lines
  }
}
