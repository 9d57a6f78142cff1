// The part of this package that concerns files, for worker threads: it loads no netlink and no schemas.
export * from './files-attributes.ts'
export * from './files-holes.ts'
export * from './files-make.ts'
export { fromByteString, longestPath, toByteString } from './files-name.ts'
export * from './files-open.ts'
export * from './files-status.ts'
export * from './files-xattr.ts'
export { errnoOf } from './syscall.ts'
