import process from 'node:process'
import { Cells } from '../../interop/cells.ts'
import { journey } from './journey.ts'
import { loadTestcontainers } from './library.ts'

// node travel.ts NAME FOLDER [WORD]: the journey on the engine of DOCKER_HOST, in a process of its own, since the library
// keeps its engine and its reaper for as long as its process lives.
const [name = '', folder = '', word] = process.argv.slice(2)
const scene = { library: loadTestcontainers(), folder }
const cells = new Cells(word)
// Timers and sockets of the library keep no process alive; in the runner of a test-suite something else does.
setInterval(() => undefined, 1000)
for (const [title, show] of journey) await cells.run(`${name}: ${title}`, () => show(scene))
cells.finish()
// The library's connection to its reaper ends with this process.
process.exit()
