import type { Descriptor } from '@moby/contracts'

/**
 * Reads the text of a descriptor and throws a coded error with the place of a fault. Whoever makes a
 * source hands it in, so that manifests and descriptors are read by the same code.
 */
export type DescriptorReader = (file: string, text: string) => Descriptor
