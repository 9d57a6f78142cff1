import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { resolveOwn } from './own-modules.ts'
import { entries, findLibrary } from './place.ts'

// Loaded before everything else (`--import`). Where there is no joined form, the library is read as it is installed.
const { joined } = findLibrary()
const isJoined = existsSync(joined)

registerHooks({
  resolve(specifier, context, next) {
    const own = resolveOwn(specifier, context.parentURL, (name) => next(name, context))
    if (own !== undefined) return { url: own, format: 'module-typescript', shortCircuit: true }
    const file = isJoined && Object.hasOwn(entries, specifier) ? entries[specifier] : undefined
    if (file === undefined) return next(specifier, context)
    return { url: pathToFileURL(join(joined, file)).href, format: 'module', shortCircuit: true }
  },
})
