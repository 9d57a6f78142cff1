export * from './authenticate.ts'
export * from './authorize.ts'
