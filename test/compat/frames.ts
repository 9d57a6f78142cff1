/** Takes multiplexed output apart: `stdout: text` for every frame. Fails when a length does not fit. */
export function readFrames(bytes: Buffer): string[] {
  const frames: string[] = []
  for (let at = 0; at < bytes.length;) {
    const length = bytes.readUInt32BE(at + 4)
    if (at + 8 + length > bytes.length) throw new Error(`A frame of ${length} bytes at ${at} is cut`)
    frames.push(
      `${['stdin', 'stdout', 'stderr'][bytes[at] ?? 3] ?? 'other'}: ${bytes.subarray(at + 8, at + 8 + length)}`,
    )
    at += 8 + length
  }
  return frames
}
