import { errorAreas, errorKinds, type ErrorEntry, type ErrorKind } from '../errors/index.ts'
import { table } from './markdown.ts'

const kindMeanings: Readonly<Record<ErrorKind, string>> = {
  invalid: 'The request is wrong in itself.',
  unauthorized: 'The caller is not known.',
  denied: 'The caller may not do this, or the object may not be treated so.',
  'not-found': 'The object does not exist.',
  conflict: 'The state of the object does not allow it now.',
  'too-large': 'A limit of size is exceeded.',
  'rate-limited': 'Too many requests in a while.',
  cancelled: 'The caller gave up.',
  internal: 'Something failed that should not fail.',
  'not-implemented': 'The component or the host does not offer it.',
  unavailable: 'Something that is needed is not there now.',
  deadline: 'It took too long.',
  exhausted: 'A resource is used up.',
}

/** The reference of all coded errors. */
export function errorPage(): string {
  const kinds = Object.entries(errorKinds).map(([kind, status]) => [
    kind,
    String(status),
    kindMeanings[kind as ErrorKind],
  ])
  const areas = Object.entries(errorAreas as Record<string, Record<string, ErrorEntry>>).flatMap(([area, codes]) =>
    Object.keys(codes).length === 0
      ? []
      : [
          `## ${area}`,
          table(
            ['code', 'kind', 'meaning'],
            Object.entries(codes).map(([code, { kind, meaning }]) => [`\`${code}\``, kind, meaning]),
          ),
        ],
  )
  return [
    '# Errors',
    'Every error has a code of this table, a message that names the object and the cause, and often a hint that names the remedy. The kind decides the HTTP status, whatever the code.',
    table(['kind', 'status', 'meaning'], kinds),
    ...areas,
  ]
    .join('\n\n')
    .concat('\n')
}
