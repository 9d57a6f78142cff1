import { enableCompileCache, flushCompileCache } from 'node:module'
import { join } from 'node:path'
import process from 'node:process'
import type { Descriptor } from '@moby/contracts'

// The program of a component that names an entry and no command. Before everything else is loaded:
enableCompileCache(join(import.meta.dirname, '../../.cache/compile'))
const [{ runComponent }, { loadModule }] = await Promise.all([
  import('@moby/contracts/process'),
  import('../kernel/load-module.ts'),
])
const facts = JSON.parse(process.argv[2] ?? '') as { folder: string } & Pick<Descriptor, 'name' | 'version' | 'entry'>
await runComponent(loadModule(facts.folder, facts))
// Node writes it at the end only, and a component may be killed.
flushCompileCache()
