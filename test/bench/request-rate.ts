import { Agent, request } from 'node:http'

/** Requests a second that a socket answers to `parallel` clients that each wait for the answer. */
export async function requestRate(
  socketPath: string,
  path: string,
  parallel = 4,
  milliseconds = 2000,
): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: parallel })
  const end = performance.now() + milliseconds
  let answered = 0
  const client = async () => {
    while (performance.now() < end) {
      await ask(agent, socketPath, path)
      answered += 1
    }
  }
  const started = performance.now()
  await Promise.all(Array.from({ length: parallel }, client))
  agent.destroy()
  return answered / ((performance.now() - started) / 1000)
}

async function ask(agent: Agent, socketPath: string, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const call = request({ agent, socketPath, path, headers: { host: 'docker' } }, (response) => {
      response.resume()
      response.on('end', () =>
        response.statusCode === 200 ? resolve() : reject(new Error(`${path}: ${response.statusCode}`)),
      )
    })
    call.on('error', reject)
    call.end()
  })
}
