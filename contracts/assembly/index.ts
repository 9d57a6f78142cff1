export * from './lock.ts'
export * from './manifest.ts'
export * from './source.ts'
