const types = { stdin: 0, stdout: 1, stderr: 2, systemError: 3 } as const

export type FrameStream = keyof typeof types

/** A piece of output with the 8 bytes in front that tell its stream and length. */
export function frame(stream: FrameStream, data: Uint8Array): Uint8Array {
  const framed = Buffer.allocUnsafe(8 + data.length)
  framed.writeUInt32BE(types[stream] * 0x1000000, 0)
  framed.writeUInt32BE(data.length, 4)
  framed.set(data, 8)
  return framed
}

export const rawStream = 'application/vnd.docker.raw-stream'
export const multiplexedStream = 'application/vnd.docker.multiplexed-stream'
