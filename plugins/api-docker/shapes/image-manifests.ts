import type { Image } from '@moby/contracts'
import { exactNumber } from '../wire/exact-number.ts'

type Child = NonNullable<Image['manifests'][number]['children']>[number]

/** What the image was pulled or loaded as: the outermost index, or its manifest; nothing when it was made here. */
export function imageDescriptor({ manifests }: Image): Record<string, unknown> | undefined {
  const top = manifests.at(-1)
  if (top === undefined) return undefined
  return { mediaType: top.mediaType, digest: top.digest, size: exactNumber(top.size) }
}

/** Query `manifests`: the platform images and attestations that it stands for, each once. */
export function imageManifests({ manifests }: Image): Record<string, unknown>[] {
  const children = new Map<string, Child>()
  // The outermost first: its entries tell more than a manifest does of itself.
  for (const { children: inner = [] } of manifests.toReversed()) {
    for (const child of inner) if (!children.has(child.digest)) children.set(child.digest, child)
  }
  return [...children.values()].map(summaryShape)
}

function summaryShape(child: Child): Record<string, unknown> {
  const { mediaType, digest, size, kind, available, contentSize, unpackedSize } = child
  const platform = platformShape(child.platform)
  const total = exactNumber(String(BigInt(contentSize) + BigInt(kind === 'image' ? unpackedSize : '0')))
  return {
    ID: digest,
    Descriptor: { mediaType, digest, size: exactNumber(size), ...(platform === undefined ? {} : { platform }) },
    Available: available,
    Size: { Content: exactNumber(contentSize), Total: total },
    Kind: kind,
    ...(kind === 'image'
      ? {
          ImageData: {
            Platform: platform ?? { architecture: '', os: '' },
            Size: { Unpacked: exactNumber(unpackedSize) },
            Containers: child.containers,
          },
        }
      : {}),
    ...(kind === 'attestation' ? { AttestationData: { For: child.attests ?? '' } } : {}),
  }
}

function platformShape(text: string | undefined): Record<string, string> | undefined {
  if (text === undefined) return undefined
  const [os = '', architecture = '', variant] = text.split('/')
  return { architecture, os, ...(variant === undefined ? {} : { variant }) }
}
