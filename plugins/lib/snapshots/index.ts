export { makeLayersDriver, type Opened, type SnapshotForm } from './layers-driver.ts'
export type { SnapshotRecord } from './snapshot-record.ts'
export { SnapshotStore } from './snapshot-store.ts'
