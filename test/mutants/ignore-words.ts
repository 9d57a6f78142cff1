/** What is looked at of a node of the syntax tree. */
interface Node {
  readonly type: string
  readonly name?: string
  readonly callee?: Node
  readonly object?: Node
  readonly property?: Node
  readonly key?: Node
  readonly arguments?: readonly Node[]
}

interface Path {
  readonly node: Node
  readonly parentPath: Path | null
  readonly listKey?: string
  readonly key: string | number | null
}

/** Functions that take words for people: their first argument may be the code, which is a promise. */
const speakers = new Set(['codedError', 'CodedError', 'Error', 'TypeError', 'badRequest'])

/**
 * A contract promises codes, not words: mutants of messages, hints and lines of the log are not made. A plugin of the
 * mutation tests.
 */
export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'words',
    value: {
      shouldIgnore(path: Path): string | undefined {
        const parent = path.parentPath?.node
        if (parent === undefined) return undefined
        if (isCall(parent) && path.listKey === 'arguments') {
          if (speakers.has(parent.callee?.name ?? '')) {
            const isCode = path.key === 0 && !parent.callee?.name?.endsWith('Error')
            return isCode ? undefined : 'words of an error are no promise'
          }
          if (parent.callee?.object?.name === 'log' || parent.callee?.object?.property?.name === 'log') {
            return 'the log is no promise'
          }
        }
        return parent.type === 'ObjectProperty' && parent.key?.name === 'hint' ? 'hints are no promise' : undefined
      },
    },
  },
]

function isCall({ type }: Node): boolean {
  return type === 'CallExpression' || type === 'NewExpression'
}
