import { request } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { makeBusyboxImage } from '../../../core/setup/busybox-image.ts'
import type { EngineProcess } from '../engine-process.ts'

/** An answer of the API; `body` is what its JSON says, or its text where it is none. */
export interface Answered {
  readonly status: number
  // What an answer holds is for each test to say: a matcher fails where a key is not there.
  readonly body: Record<string, unknown> & Record<string, unknown>[]
}

export type Ask = (method: string, path: string, body?: object) => Promise<Answered>

/** Asks an engine over its socket, past any client, as clients in other languages do. */
export function asker(engine: EngineProcess): Ask {
  return async (method, path, body) => {
    const answer = await engine.request(method, path, body === undefined ? undefined : JSON.stringify(body))
    return { status: answer.status, body: parse(answer.body) as Answered['body'] }
  }
}

/** The body of an answer as it came. */
export async function bytesOf(engine: EngineProcess, path: string): Promise<Buffer> {
  return await new Promise((resolve, reject) => {
    request({ socketPath: engine.socket, path }, (answer) => void buffer(answer).then(resolve, reject))
      .on('error', reject)
      .end()
  })
}

/** The lines of a stream of JSON messages, such as the progress of a build. */
export function messages(stream: string): Record<string, unknown>[] {
  return stream
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** Loads an image of busybox with further keys of its configuration. */
export async function loadImage(engine: EngineProcess, reference: string, config: Record<string, unknown>) {
  const { archive } = await makeBusyboxImage({ reference, config })
  return await engine.request('POST', '/images/load?quiet=1', archive)
}

/** Makes a container without a network and starts it. */
export async function launch(ask: Ask, name: string, spec: Record<string, unknown> = {}): Promise<void> {
  const made = await ask('POST', `/containers/create?name=${name}`, {
    Image: 'busybox',
    Cmd: ['sleep', '600'],
    HostConfig: { NetworkMode: 'none' },
    ...spec,
  })
  const started = await ask('POST', `/containers/${name}/start`)
  if (made.status !== 201 || started.status !== 204) {
    throw new Error(`${name}: ${JSON.stringify(made.body)} ${JSON.stringify(started.body)}`)
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
