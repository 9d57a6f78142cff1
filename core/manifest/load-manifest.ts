import { dirname, resolve } from 'node:path'
import { Manifest, type SourceSpan } from '@moby/contracts'
import { checkDocument } from './check-document.ts'
import { throwProblems } from './problems.ts'
import { readDocument } from './read-document.ts'
import { YamlFile, type YamlPath } from './yaml-file.ts'

/** A manifest that was read and checked, with the places of its parts. */
export interface ManifestFile {
  /** As the user named it. */
  readonly file: string
  /** Absolute folder; `folder:` sources are relative to it. */
  readonly folder: string
  readonly manifest: Manifest
  readonly yaml: YamlFile
  spanOf(path: YamlPath, part?: 'key' | 'value'): SourceSpan
}

/** Reads `moby.yaml`. Throws the one thing that is wrong with it, or ASSEMBLY_PROBLEMS. */
export async function loadManifest(file: string): Promise<ManifestFile> {
  return parseManifest(file, await readDocument(file, 'manifest'))
}

/** The same from a text. */
export function parseManifest(file: string, text: string): ManifestFile {
  const yaml = YamlFile.parse(file, text)
  throwProblems(file, checkDocument({ schema: Manifest, file: yaml, value: yaml.value }))
  return {
    file,
    folder: dirname(resolve(file)),
    manifest: yaml.value as Manifest,
    yaml,
    spanOf: (path, part) => yaml.spanOf(path, part),
  }
}
