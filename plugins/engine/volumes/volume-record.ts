/** What the engine remembers of a volume; its files, and whether they are there, is the driver's business. */
export interface VolumeRecord {
  /** The name. */
  readonly id: string
  readonly driver: string
  readonly options: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  /** Made without a name, for one container. */
  readonly anonymous: boolean
  readonly createdAt: string
  /** Work that was begun: finding it at the start of the engine means to undo or finish it. */
  readonly work?: 'creating' | 'removing' | undefined
}
