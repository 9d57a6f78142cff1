import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startDockerdSubject, startMobySubject, type Subject } from '../subject.ts'
import { compareFlags, makeSteps, type Step } from './compare-flags.ts'
import { conclude, tellUnexplained } from './conclude.ts'
import { judge, type Compared } from './judge.ts'
import { readCommands, type Command } from './read-commands.ts'
import { reasons } from './reasons.ts'

const cache = join(import.meta.dirname, '../../../.cache')
const answers = join(cache, 'flags.json')

/**
 * Compares every command of the docker CLI and their flags on a dockerd and an engine of its own, and writes
 * docs/reference/compatibility.md. Fails by differences without a reason, by reasons that explain nothing and by commands
 * and flags without a case. With `words` only the parts of `cases.ts` of that name and the lines that have such a word are
 * run: parts take the place of their answers in the last whole run, lines are only told. The single word `again` judges
 * the kept answers anew. Answers the exit code.
 */
export async function runFlags(words: readonly string[]): Promise<number> {
  const wrong = await run(words)
  for (const each of wrong) console.error(each)
  console.log(wrong.length === 0 ? 'Every difference has its reason' : `${wrong.length} are wrong`)
  return wrong.length === 0 ? 0 : 1
}

async function run(words: readonly string[]): Promise<string[]> {
  const commands = await readCommands()
  const steps = makeSteps(commands)
  if (words[0] === 'again') return await concludeKept(commands, steps, [])
  const isPart = steps.some(({ part }) => words.includes(part))
  if (words.length > 0 && !isPart) {
    const some = steps.filter(({ about: { line } }) => words.some((each) => line.includes(each)))
    return (await observeAll(some)).map(judged).flatMap(tellUnexplained)
  }
  return await concludeKept(
    commands,
    steps,
    await observeAll(isPart ? steps.filter(({ part }) => words.includes(part)) : steps),
  )
}

/** Judges all answers, of which `fresh` take the place of kept ones. A case without an answer is one that is absent. */
async function concludeKept(
  commands: readonly Command[],
  steps: readonly Step[],
  fresh: readonly Compared[],
): Promise<string[]> {
  const kept = new Map<string, Compared>()
  const text = await readFile(answers, 'utf8').catch(() => '[]')
  for (const each of [...(JSON.parse(text) as Compared[]), ...fresh]) kept.set(each.line, each)
  const compared = steps.flatMap(({ about }) => {
    const answer = kept.get(about.line)
    return answer === undefined ? [] : [{ ...answer, ...about }]
  })
  await mkdir(cache, { recursive: true })
  await writeFile(answers, `${JSON.stringify(compared, null, 1)}\n`)
  return await conclude(commands, compared.map(judged))
}

const judged = (each: Compared) => judge(each, reasons)

async function observeAll(steps: readonly Step[]): Promise<Compared[]> {
  const subjects: Subject[] = []
  try {
    const dockerd = await startDockerdSubject()
    subjects.push(dockerd)
    const moby = await startMobySubject()
    subjects.push(moby)
    await Promise.all(subjects.map((each) => each.loadBusybox()))
    return await compareFlags([dockerd, moby], steps)
  } finally {
    await Promise.all(subjects.map((each) => each.stop()))
  }
}
