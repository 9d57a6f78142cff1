import { codedError } from '@moby/contracts'
import { hostArchitecture } from './host-platform.ts'

/** What an image runs on, as far as images are told apart by it. */
export interface ImagePlatform {
  readonly os: string
  readonly architecture: string
  readonly variant?: string | undefined
}

/** Variants that mean the same as none: containerd's platforms package, `normalizeArch`. */
const defaultVariants: Readonly<Record<string, string>> = { arm64: 'v8', arm: 'v7', amd64: 'v1' }

const otherNames: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  'x86-64': 'amd64',
  aarch64: 'arm64',
  armhf: 'arm',
  armel: 'arm',
  i386: '386',
}

export function hostPlatform(): ImagePlatform {
  return normalizePlatform({ os: 'linux', architecture: hostArchitecture() })
}

/** Reads `linux/arm64/v8`. Fails with NOT_SUPPORTED for what cannot be a platform. */
export function parsePlatform(text: string): ImagePlatform {
  const [os = '', architecture = '', variant, ...more] = text.split('/')
  if (os === '' || architecture === '' || more.length > 0) {
    throw codedError('NOT_SUPPORTED', `${JSON.stringify(text)} is no platform of the form os/architecture/variant`)
  }
  const name = architecture.toLowerCase()
  const implied = name === 'armel' ? 'v6' : undefined
  return normalizePlatform({ os: os.toLowerCase(), architecture: name, variant: variant ?? implied })
}

/** The one way to say a platform: `aarch64` is `arm64`, and `v8` of it goes without saying. */
export function normalizePlatform({ os, architecture, variant }: ImagePlatform): ImagePlatform {
  const name = otherNames[architecture] ?? architecture
  const plain = variant === undefined || variant === '' ? undefined : /^\d/.test(variant) ? `v${variant}` : variant
  const isDefault = plain === undefined || plain === defaultVariants[name]
  return { os, architecture: name, ...(isDefault ? {} : { variant: plain }) }
}

export function samePlatform(a: ImagePlatform, b: ImagePlatform): boolean {
  return formatPlatform(normalizePlatform(a)) === formatPlatform(normalizePlatform(b))
}

export function formatPlatform({ os, architecture, variant }: ImagePlatform): string {
  return [os, architecture, ...(variant === undefined || variant === '' ? [] : [variant])].join('/')
}

/** As people know it from Docker, where the variant of a 64-bit ARM is told: `linux/arm64/v8`. */
export function tellPlatform(platform: ImagePlatform): string {
  const normal = normalizePlatform(platform)
  const variant = normal.variant ?? (normal.architecture === 'amd64' ? undefined : defaultVariants[normal.architecture])
  return formatPlatform({ ...normal, variant })
}

/**
 * How well an image fits a host or a wish: 0 not at all, and the higher the better. A host runs variants below its own:
 * `linux/arm/v7` runs v6, never v8.
 */
export function fitOf(image: ImagePlatform, wanted: ImagePlatform): number {
  const [have, want] = [normalizePlatform(image), normalizePlatform(wanted)]
  if (have.os !== want.os || have.architecture !== want.architecture) return 0
  const [level, most] = [levelOf(have), levelOf(want)]
  if (Number.isNaN(level) || Number.isNaN(most)) return have.variant === want.variant ? 1 : 0
  return level > most ? 0 : 1 + level
}

function levelOf({ architecture, variant }: ImagePlatform): number {
  const text = variant ?? defaultVariants[architecture] ?? 'v0'
  return /^v\d+$/.test(text) ? Number(text.slice(1)) : Number.NaN
}
