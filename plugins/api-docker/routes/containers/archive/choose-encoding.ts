export type ArchiveEncoding = 'gzip' | 'deflate'

const offers = ['gzip', 'deflate'] as const

/** Which encoding a client wants most of those that an archive is sent in; undefined for none. */
export function chooseEncoding(accept: string | string[] | undefined): ArchiveEncoding | undefined {
  let best: { readonly encoding: ArchiveEncoding; readonly weight: number } | undefined
  for (const part of [accept ?? ''].flat().join(',').split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    const weight = Number(parameters.find((text) => text.startsWith('q='))?.slice(2) ?? 1)
    const encoding = name === '*' ? 'gzip' : offers.find((offer) => offer === name)
    if (encoding === undefined || !(weight > (best?.weight ?? 0))) continue
    best = { encoding, weight }
  }
  return best?.encoding
}
