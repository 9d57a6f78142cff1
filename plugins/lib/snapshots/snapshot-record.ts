/** One snapshot, as it is kept in the file `snapshot.json` of its folder. */
export interface SnapshotRecord {
  readonly key: string
  readonly kind: 'active' | 'view' | 'committed'
  readonly parent?: string | undefined
  readonly labels?: Readonly<Record<string, string>> | undefined
  /** RFC 3339. */
  readonly createdAt: string
  /** Bytes that a committed one adds. */
  readonly size?: number | undefined
}

/** What is wrong with a value that should be a record; undefined when nothing is. */
export function flawOfRecord(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return 'it is no object'
  const record = value as Partial<Record<keyof SnapshotRecord, unknown>>
  if (typeof record.key !== 'string' || record.key === '') return 'it has no key'
  if (!['active', 'view', 'committed'].includes(String(record.kind))) return 'its kind is unknown'
  if (record.parent !== undefined && typeof record.parent !== 'string') return 'its parent is no text'
  return typeof record.createdAt === 'string' ? undefined : 'it has no time'
}
