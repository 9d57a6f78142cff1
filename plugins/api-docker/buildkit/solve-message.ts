import { message, rawFields, repeatedMessage, string, stringMap, type RawField } from '@moby/lib-ttrpc'

/** The exporter that only the BuildKit within dockerd has: the image goes to the engine's own images. */
const mobyExporter = 'moby'

const Exporter = message('moby.buildkit.v1.Exporter', { type: string(1), attributes: stringMap(2) })

/** What of moby.buildkit.v1.SolveRequest is changed. */
export const SolveExporters = message('moby.buildkit.v1.SolveRequest', {
  exporterDeprecated: string(3),
  attributesDeprecated: stringMap(4),
  exporters: repeatedMessage(13, Exporter),
})
const numbers = { deprecated: new Set([3, 4]), session: 5, exporters: 13 } as const

export interface ChangedSolve {
  readonly request: Uint8Array
  readonly session: string
  /** Indexes of the exporters whose images are to come here. */
  readonly images: readonly number[]
}

/**
 * Asks for an OCI archive, sent through the session, where an image for the engine was asked for. Everything else
 * passes as it is, known or not. Clients may give one exporter in the old way and in the new one; both are changed.
 */
export function changeSolve(request: Uint8Array): ChangedSolve {
  let session = ''
  const kept: Uint8Array[] = []
  const given: RawField[] = []
  for (const item of rawFields(request)) {
    if (item.number === numbers.session) session = Buffer.from(item.value ?? []).toString()
    if (item.number === numbers.exporters || numbers.deprecated.has(item.number)) given.push(item)
    else kept.push(item.whole)
  }
  const { exporters, exporterDeprecated, attributesDeprecated } = SolveExporters.decode(join(given))
  const images = exporters.flatMap(({ type }, at) => (type === mobyExporter ? [at] : []))
  const old = change({ type: exporterDeprecated, attributes: attributesDeprecated })
  if (exporters.length === 0 && exporterDeprecated === mobyExporter) images.push(0)
  if (images.length === 0) return { request, session, images }
  const changed = SolveExporters.encode({
    exporterDeprecated: old.type,
    attributesDeprecated: old.attributes,
    exporters: exporters.map(change),
  })
  return { request: join([...kept, changed]), session, images }
}

/** `push` is done by the client, through the API of the engine, when the image is here. */
function change(exporter: { type: string; attributes: Readonly<Record<string, string>> }): typeof exporter {
  if (exporter.type !== mobyExporter) return exporter
  const { push: _push, ...attributes } = exporter.attributes
  return { type: 'oci', attributes: { ...attributes, tar: 'true' } }
}

function join(pieces: readonly (Uint8Array | RawField)[]): Buffer {
  return Buffer.concat(pieces.map((piece) => (piece instanceof Uint8Array ? piece : piece.whole)))
}
