import type { ItemOf, engineContainers } from '@moby/contracts'
import type { RawConnection } from '../server/route.ts'
import { frame } from '../wire/frames.ts'

type Output = ItemOf<typeof engineContainers, 'attach'>

/** Sends output as fast as the client takes it: framed by stream, or as it is with a terminal. */
export async function writeOutput(
  output: AsyncIterable<Output>,
  connection: RawConnection,
  terminal: boolean,
): Promise<void> {
  for await (const { stream = 'stdout', data } of output) {
    if (data === undefined || data.length === 0) continue
    await connection.write(terminal ? data : frame(stream, data))
  }
}
