import { bytes, message, rawFields, string } from '@moby/lib-ttrpc'

/**
 * By this label of a worker buildx tells that an engine keeps images in containerd: it would name them by manifest and
 * leave pushing to the exporter. This engine keeps them itself.
 */
const snapshotter = 'org.mobyproject.buildkit.worker.snapshotter'

const Raw = message('bytes', { value: bytes(1) })
const LabelKey = message('moby.buildkit.v1.types.WorkerRecord.LabelsEntry', { key: string(1) })
const labels = 2
const records = 1

/** moby.buildkit.v1.ListWorkersResponse without that label; the rest is as it was. */
export function changeWorkersAnswer(answer: Uint8Array): Uint8Array {
  return Buffer.concat(
    rawFields(answer).map(({ number, whole, value }) =>
      number === records && value !== undefined ? Raw.encode({ value: withoutLabel(value) }) : whole,
    ),
  )
}

function withoutLabel(record: Uint8Array): Buffer {
  const kept = rawFields(record).filter(
    ({ number, value }) => number !== labels || value === undefined || LabelKey.decode(value).key !== snapshotter,
  )
  return Buffer.concat(kept.map(({ whole }) => whole))
}
