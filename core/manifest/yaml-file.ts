import { codedError, type CodedError, type SourceSpan } from '@moby/contracts'
import {
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type Document,
  type Node,
} from 'yaml'
import { KnownValues } from './known-values.ts'
import { throwProblems } from './problems.ts'
import { SourceText } from './source-text.ts'

/** Keys and list positions from the top of a document to a value. */
export type YamlPath = readonly (string | number)[]

const knownValues = new KnownValues()

/** A YAML document as plain values, with the place of each in its text. */
export class YamlFile {
  readonly source: SourceText
  readonly value: unknown
  #document: Document | undefined

  private constructor(source: SourceText, document: Document | undefined, value: unknown) {
    this.source = source
    this.#document = document
    this.value = value
  }

  /** Parses YAML 1.2. Throws DOCUMENT_SYNTAX or DOCUMENT_KEY_DUPLICATE with the place. */
  static parse(file: string, text: string): YamlFile {
    const source = new SourceText(file, text)
    const known = knownValues.get(file, text)
    if (known !== undefined) return new YamlFile(source, undefined, known)
    const document = parseText(text)
    throwProblems(file, syntaxProblems(source, document))
    try {
      const value: unknown = document.toJS({ maxAliasCount: 50 })
      knownValues.put(file, text, value)
      return new YamlFile(source, document, value)
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause)
      throw codedError('DOCUMENT_SYNTAX', `${file} cannot be expanded: ${message}`, {
        span: source.span(0, 1),
        hint: 'write the values out instead of repeating them by aliases',
      })
    }
  }

  /** The place of a value, of its key when the value spans lines; of the nearest parent when it is absent. */
  spanOf(path: YamlPath, part: 'key' | 'value' = 'value'): SourceSpan {
    this.#document ??= parseText(this.source.text)
    let node: unknown = this.#document.contents
    let key: Node | undefined
    for (const step of path) {
      if (isAlias(node)) break
      const found = child(node, step)
      if (found === undefined) {
        part = 'key'
        break
      }
      key = found.key ?? key
      node = found.value
    }
    const target = part === 'value' && isNode(node) && !isCollection(node) ? node : (key ?? firstKey(node))
    const [from = 0, to = 1] = target?.range ?? []
    return this.source.span(from, Math.max(to, from + 1))
  }
}

function parseText(text: string): Document {
  return parseDocument(text, { prettyErrors: false, version: '1.2', schema: 'core', uniqueKeys: true })
}

function child(node: unknown, step: string | number): { key: Node | undefined; value: unknown } | undefined {
  if (isSeq(node)) return { key: node.items[Number(step)] as Node, value: node.items[Number(step)] }
  if (!isMap(node)) return undefined
  const pair = node.items.find(({ key }) => String(isScalar(key) ? key.value : key) === String(step))
  return pair === undefined ? undefined : { key: pair.key as Node, value: pair.value }
}

function firstKey(node: unknown): Node | undefined {
  if (isMap(node)) return node.items[0]?.key as Node | undefined
  return isNode(node) ? node : undefined
}

/** One error for broken YAML, whose first fault makes the others; else every duplicate key and unknown tag. */
function syntaxProblems(source: SourceText, document: Document): CodedError[] {
  const broken = document.errors.find(({ code }) => code !== 'DUPLICATE_KEY')
  if (broken !== undefined) {
    return [
      codedError('DOCUMENT_SYNTAX', `${source.file} is not valid YAML: ${lowerFirst(broken.message)}`, {
        span: source.span(...(openQuote(document, broken.pos[0]) ?? broken.pos)),
        hint: 'check indentation, quotes and colons at and above this line',
      }),
    ]
  }
  const duplicates = document.errors.map(({ pos }) => {
    const key = /^[^:\n]*/.exec(source.text.slice(pos[0]))?.[0].trim() ?? ''
    return codedError('DOCUMENT_KEY_DUPLICATE', `The key ${key} stands twice in one mapping`, {
      span: source.span(pos[0], pos[0] + key.length),
      hint: 'keep one of the two',
    })
  })
  const tags = document.warnings.map(({ message, pos }) =>
    codedError('DOCUMENT_SYNTAX', `${source.file} has something unknown: ${lowerFirst(message)}`, {
      span: source.span(...pos),
      hint: 'write plain YAML 1.2 without tags of your own',
    }),
  )
  return [...duplicates, ...tags]
}

/** Where a quote that is never closed begins: the parser finds it at the end of the file. */
function openQuote(document: Document, fault: number): [number, number] | undefined {
  let place: [number, number] | undefined
  visit(document, {
    Scalar(_, { type, range }) {
      if (type?.startsWith('QUOTE') && range && range[0] < fault && range[1] >= fault) place = [range[0], range[1]]
    },
  })
  return place
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}
