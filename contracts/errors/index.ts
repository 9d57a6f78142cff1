export * from './coded-error.ts'
export { errorKinds } from './kinds.ts'
export * from './table.ts'
