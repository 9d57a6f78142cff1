import { buildGraph } from '../../graph/graph.ts'
import { levelsOf } from '../../graph/levels.ts'
import { loadLock } from '../../lock/lock-file.ts'
import { compareSelection } from '../../lock/verify-lock.ts'
import { throwProblems } from '../../manifest/problems.ts'
import { checkCycle } from '../../resolve/resolve-assembly.ts'
import { openAssembly } from '../assembly-option.ts'
import type { Command } from '../command.ts'

export const command: Command = {
  async run(line) {
    const file = await openAssembly(line)
    const { lock, ...rest } = await loadLock(file)
    throwProblems(file.file, compareSelection({ file, lock: { lock, ...rest } }))
    const names = Object.keys(file.manifest.components)
    const graph = buildGraph(
      names.flatMap((name) => {
        const locked = lock.components[name]
        return locked === undefined ? [] : [{ name, ...locked }]
      }),
    )
    throwProblems(file.file, checkCycle(file, graph))
    for (const [index, level] of levelsOf(graph).entries()) {
      process.stdout.write(`level ${index + 1}\n`)
      for (const name of level) {
        const { use = '', version = '' } = lock.components[name] ?? {}
        process.stdout.write(`  ${name} (${use} ${version})\n`)
        const byContract = Map.groupBy(graph.get(name) ?? [], ({ contract }) => contract)
        for (const [contract, edges] of byContract) {
          process.stdout.write(`    needs ${contract} of ${edges.map(({ to }) => to).join(', ')}\n`)
        }
      }
    }
    return 0
  },
}
