import type * as Http from 'node:http'
import process from 'node:process'

/**
 * Node's module `http`. An `import` of it reads each of its exports, and one of them loads the whole of undici: 60 ms of
 * every start, for what nobody here uses.
 */
export const nodeHttp: typeof Http = process.getBuiltinModule('node:http')
