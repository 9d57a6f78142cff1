import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { isOwn, resolveOwn } from './own-modules.ts'
import { entries, findJoined } from './place.ts'

// Loaded before everything else (`--import`). Where there is no joined form, libraries are read as they are installed.
const joined = findJoined()
const isJoined = joined !== undefined && existsSync(joined)

registerHooks({
  resolve(specifier, context, next) {
    const own = resolveOwn(specifier, context.parentURL, (name) => next(name, context))
    if (own !== undefined) return { url: own, format: 'module-typescript', shortCircuit: true }
    // What others import may be of another version.
    const file = isJoined && isOwn(context.parentURL) && Object.hasOwn(entries, specifier) && entries[specifier]
    if (!file) return next(specifier, context)
    return { url: pathToFileURL(join(joined, file)).href, format: 'module', shortCircuit: true }
  },
})
