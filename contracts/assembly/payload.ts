/** A file of a payload, as it was measured. */
export interface PayloadFile {
  /** Relative to its package, with `/`. */
  readonly path: string
  readonly isExecutable: boolean
  /** Bytes. */
  readonly size: number
  /** SHA-256 of its content: 64 hexadecimal digits. */
  readonly digest: string
}

/** A package that belongs to a payload. */
export interface PayloadPart {
  /** By which others import it; empty for a component that stands alone. */
  readonly name: string
  /** Absolute path of its folder. */
  readonly folder: string
  /** SHA-256 of `filesText` over its files: 64 hexadecimal digits. */
  readonly digest: string
  readonly files: readonly PayloadFile[]
}

/** What the digest of a package covers: path, executable bit and content of each file, in byte order of the paths. */
export function filesText(files: readonly PayloadFile[]): string {
  const sorted = files
    .map((file) => ({ file, key: Buffer.from(file.path) }))
    .toSorted((a, b) => Buffer.compare(a.key, b.key))
  return sorted
    .map(({ file: { path, isExecutable, digest } }) => `${path}\0${isExecutable ? 'x' : '-'}\0${digest}\n`)
    .join('')
}

/**
 * What the digest of a payload of several packages covers: names and digests, the component's own first. The digest of a
 * component that stands alone is the one of its package.
 */
export function partsText(parts: readonly Pick<PayloadPart, 'name' | 'digest'>[]): string {
  return parts.map(({ name, digest }) => `${name} ${digest}\n`).join('')
}
