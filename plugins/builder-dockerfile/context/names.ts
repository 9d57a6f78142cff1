/** Names in archives are byte strings, one character a byte; in Dockerfiles they are text. */
export function toBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

export function toText(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')))
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
