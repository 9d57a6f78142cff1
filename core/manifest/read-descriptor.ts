import { Descriptor } from '@moby/contracts'
import { checkDocument } from './check-document.ts'
import { throwProblems } from './problems.ts'
import { YamlFile } from './yaml-file.ts'

/** Reads the text of a `component.yaml`. Throws what is wrong with it, with the place. */
export function readDescriptor(file: string, text: string): Descriptor {
  const yaml = YamlFile.parse(file, text)
  throwProblems(file, checkDocument({ schema: Descriptor, file: yaml, value: yaml.value }))
  return yaml.value as Descriptor
}
