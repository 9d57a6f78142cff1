import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

// Loaded first by every worker of the tests: they read sources as the command does, by Node itself (vitest.config.ts).
enableCompileCache(join(import.meta.dirname, '../.cache/compile'))
await import('../core/modules/hook.ts')
