export * from './contract.ts'
export * from './define-component.ts'
export * from './descriptor.ts'
export * from './schemas.ts'
