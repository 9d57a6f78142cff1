import process from 'node:process'
import { compareBuilds } from './compare-builds.ts'

// node test/compat/builds.ts [WORD...]: the Dockerfiles whose name has one of these words, all unless given.
console.log(await compareBuilds(process.argv.slice(2)))
