import { join } from 'node:path'
import type { Descriptor } from '@moby/contracts'
import { readDescriptor } from '../manifest/read-descriptor.ts'
import { readDocument } from '../manifest/read-document.ts'

/** The descriptor of the component in a folder. Throws DOCUMENT_MISSING, or what is wrong with it and where. */
export async function readComponentFolder(folder: string): Promise<Descriptor> {
  const file = join(folder, 'component.yaml')
  return readDescriptor(file, await readDocument(file, 'descriptor'))
}
