export const frameTypes = { stdin: 0, stdout: 1, stderr: 2, systemError: 3 } as const

export type FrameStream = keyof typeof frameTypes

/** A piece of output with the 8 bytes in front that tell its stream and length. */
export function frame(stream: FrameStream, ...parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const framed = Buffer.allocUnsafe(8 + length)
  framed.writeUInt32BE(frameTypes[stream] * 0x1000000, 0)
  framed.writeUInt32BE(length, 4)
  let offset = 8
  for (const part of parts) {
    framed.set(part, offset)
    offset += part.length
  }
  return framed
}

export const rawStream = 'application/vnd.docker.raw-stream'
export const multiplexedStream = 'application/vnd.docker.multiplexed-stream'
