import { request, type IncomingHttpHeaders } from 'node:http'

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/** The few calls of the Docker API that a first container takes. */
export class EngineClient {
  readonly #socket: string

  constructor(socket: string) {
    this.#socket = socket
  }

  async ping(): Promise<boolean> {
    return await this.#call('GET', '/_ping').then(
      ({ status }) => status === 200,
      () => false,
    )
  }

  async hasImage(reference: string): Promise<boolean> {
    return (await this.#call('GET', `/images/${reference}/json`)).status === 200
  }

  /** Takes an archive in the form of `docker save`. */
  async loadImage(archive: Uint8Array): Promise<void> {
    const answer = await this.#call('POST', '/images/load?quiet=1', archive, 'application/x-tar')
    insist(answer, 200)
    const failure = /"error":"((?:[^"\\]|\\.)*)"/.exec(answer.body.toString())
    if (failure !== null) throw new Error(failure[1])
  }

  /** Runs a container to its end, removes it, and tells what it printed. */
  async run(image: string, command: readonly string[]): Promise<{ output: string; exitCode: number }> {
    const created = await this.#json('POST', '/containers/create', { Image: image, Cmd: command, Tty: true })
    const id = String(created['Id'])
    try {
      insist(await this.#call('POST', `/containers/${id}/start`), 204)
      const ended = await this.#json('POST', `/containers/${id}/wait`)
      const logs = insist(await this.#call('GET', `/containers/${id}/logs?stdout=1&stderr=1`), 200)
      return { output: logs.body.toString().replaceAll('\r\n', '\n'), exitCode: Number(ended['StatusCode']) }
    } finally {
      await this.#call('DELETE', `/containers/${id}?force=1&v=1`)
    }
  }

  async #json(method: string, path: string, body?: unknown): Promise<Record<string, unknown>> {
    const text = body === undefined ? undefined : Buffer.from(JSON.stringify(body))
    const answer = await this.#call(method, path, text, 'application/json')
    if (answer.status >= 300) insist(answer, 200)
    return JSON.parse(answer.body.toString()) as Record<string, unknown>
  }

  async #call(method: string, path: string, body?: Uint8Array, type = 'application/json'): Promise<Answer> {
    return await new Promise((resolve, reject) => {
      const headers = {
        host: 'docker',
        ...(body === undefined ? {} : { 'content-type': type, 'content-length': body.length }),
      }
      const call = request({ socketPath: this.#socket, method, path, headers }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
        )
      })
      call.on('error', reject)
      call.end(body)
    })
  }
}

function insist(answer: Answer, status: number): Answer {
  if (answer.status !== status)
    throw new Error(`the engine answered ${answer.status}: ${answer.body.toString().trim()}`)
  return answer
}
