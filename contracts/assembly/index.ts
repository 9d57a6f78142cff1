export * from './lock.ts'
export * from './manifest.ts'
export * from './payload.ts'
export * from './source.ts'
