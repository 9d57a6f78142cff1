export * from './run-component.ts'
