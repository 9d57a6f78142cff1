import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { entries, findLibrary } from './place.ts'

// Loaded before everything else (`--import`). Where there is no joined form, the library is read as it is installed.
const { joined } = findLibrary()
if (existsSync(joined)) {
  registerHooks({
    resolve(specifier, context, next) {
      const file = Object.hasOwn(entries, specifier) ? entries[specifier] : undefined
      if (file === undefined) return next(specifier, context)
      return { url: pathToFileURL(join(joined, file)).href, format: 'module', shortCircuit: true }
    },
  })
}
