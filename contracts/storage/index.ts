export * from './layers.ts'
export * from './volume.ts'
