export { bootAssembly, type BootOptions, type RunningAssembly } from './kernel/boot-assembly.ts'
export { openLog, type EngineLog, type LogOptions } from './kernel/log.ts'
export { readDescriptor } from './manifest/read-descriptor.ts'
export { renderError } from './manifest/render-error.ts'
