export * from './image-reference.ts'
