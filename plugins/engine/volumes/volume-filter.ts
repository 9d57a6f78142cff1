import type { engineVolumes, EngineVolume, RequestOf } from '@moby/contracts'

export type VolumeFilter = NonNullable<RequestOf<typeof engineVolumes, 'list'>['filter']>

/** All given conditions must hold: names contain one of the texts, drivers are one of these, labels are all there. */
export function matchesVolume(volume: EngineVolume, filter: VolumeFilter): boolean {
  const { names, drivers, labels, dangling } = filter
  return (
    (names === undefined || names.length === 0 || names.some((name) => volume.name.includes(name))) &&
    (drivers === undefined || drivers.length === 0 || drivers.includes(volume.driver)) &&
    (labels ?? []).every((label) => hasLabel(volume.labels, label)) &&
    (dangling === undefined || dangling === (volume.users === 0))
  )
}

/** Whether labels have `key`, or `key=value`. */
export function hasLabel(labels: Readonly<Record<string, string>>, label: string): boolean {
  const [key = '', ...rest] = label.split('=')
  return Object.hasOwn(labels, key) && (rest.length === 0 || labels[key] === rest.join('='))
}
