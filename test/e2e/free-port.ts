import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'
import process from 'node:process'

/** Ports below those that the kernel gives to whoever asks for any, in a part for each worker that runs tests. */
const [first, parts, each] = [24_576, 16, 512]
const part = first + (Number(process.env['VITEST_POOL_ID'] ?? 0) % parts) * each

/** A TCP port that nobody uses now, and that nobody is given by chance until it is used. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = part + randomInt(each)
    const server = createServer()
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false)).listen(port, () => resolve(true))
    })
    if (!isFree) continue
    await new Promise((resolve) => server.close(resolve))
    return port
  }
}
