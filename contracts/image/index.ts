export * from './credentials.ts'
export * from './source.ts'
