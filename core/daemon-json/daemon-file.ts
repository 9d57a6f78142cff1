import { codedError } from '@moby/contracts'
import { readDocument } from '../manifest/read-document.ts'
import { SourceText } from '../manifest/source-text.ts'
import { YamlFile } from '../manifest/yaml-file.ts'

/** A `daemon.json`: its text, its values, and the places of them. */
export interface DaemonFile {
  /** As the user named it. */
  readonly file: string
  readonly text: string
  readonly values: Readonly<Record<string, unknown>>
  /** JSON is YAML: the same parser tells the places. */
  readonly yaml: YamlFile
}

/** Reads a `daemon.json`. Throws DOCUMENT_MISSING, DOCUMENT_UNREADABLE, or what is wrong with the text. */
export async function readDaemonFile(file: string): Promise<DaemonFile> {
  return parseDaemonFile(file, await readDocument(file, 'daemon configuration'))
}

/** The same from a text; an empty one sets nothing, as for dockerd. */
export function parseDaemonFile(file: string, text: string): DaemonFile {
  const values = text.trim() === '' ? {} : parseJson(file, text)
  // Tabs are white space in JSON, and no indentation in YAML.
  const yaml = YamlFile.parse(file, text.trim() === '' ? '{}' : text.replaceAll('\t', ' '))
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw codedError('DOCUMENT_TYPE', `${file} must be an object of JSON`, {
      span: yaml.spanOf([]),
      hint: 'write { "key": value, ... }',
    })
  }
  return { file, text, values: values as Readonly<Record<string, unknown>>, yaml }
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const message = (cause as Error).message
    const found = / at position (\d+)/.exec(message)?.[1]
    const at = Math.min(found === undefined ? text.trimEnd().length : Number(found), text.length)
    throw codedError('DOCUMENT_SYNTAX', `${file} is not valid JSON: ${message.replace(/ \(line .*$/, '')}`, {
      span: new SourceText(file, text).span(at, at + 1),
      hint: 'check quotes, commas and brackets at and before this place; JSON has no comments',
      cause,
    })
  }
}
