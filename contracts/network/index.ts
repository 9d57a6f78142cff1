export * from './driver.ts'
export * from './ipam.ts'
