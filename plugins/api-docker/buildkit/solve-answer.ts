import { message, rawFields, stringMap } from '@moby/lib-ttrpc'

const SolveResponse = message('moby.buildkit.v1.SolveResponse', { exporterResponse: stringMap(1) })

const keys = {
  digest: 'containerimage.digest',
  configDigest: 'containerimage.config.digest',
  descriptor: 'containerimage.descriptor',
}

/**
 * What an engine with images of its own answers: an image is named by the digest of its configuration, and the manifest
 * of the archive on the way is nobody's business.
 */
export function changeSolveAnswer(answer: Uint8Array): Uint8Array {
  const { exporterResponse } = SolveResponse.decode(answer)
  const { [keys.descriptor]: _descriptor, ...rest } = exporterResponse
  const id = rest[keys.configDigest]
  if (id === undefined) return answer
  const others = rawFields(answer).filter(({ number }) => number !== 1)
  const changed = SolveResponse.encode({ exporterResponse: { ...rest, [keys.digest]: id } })
  return Buffer.concat([changed, ...others.map(({ whole }) => whole)])
}
