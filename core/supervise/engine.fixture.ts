import process from 'node:process'
import { bootAssembly, type BootOptions } from '../kernel/boot-assembly.ts'
import { partsSource } from '../testing/parts-source.ts'

/** An engine to be killed: says `ready` when its assembly is up, and runs until somebody ends it. */
const { parts, ...options } = JSON.parse(process.argv[2] ?? '') as Omit<BootOptions, 'sources'> & { parts: string }
await bootAssembly({ ...options, sources: [partsSource(parts)] })
process.stdout.write('ready\n')
