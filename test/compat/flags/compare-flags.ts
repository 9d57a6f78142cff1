import type { Subject } from '../subject.ts'
import { observeCase, observeContainer } from './observe-case.ts'
import { cases, containerCases } from './cases.ts'
import type { Compared } from './judge.ts'
import type { Command } from './read-commands.ts'
import { readLine } from './read-line.ts'
import { Scene } from './scene.ts'
import { splitWords } from './split-words.ts'
import type { Observed } from './observe-case.ts'

/** Work on one engine, and what it is about. */
export interface Step {
  readonly part: string
  readonly about: Omit<Compared, 'dockerd' | 'moby'>
  observe(scene: Scene): Promise<Observed>
}

/** Runs cases on both engines at once, on each one after the other. */
export async function compareFlags(
  subjects: readonly [dockerd: Subject, moby: Subject],
  steps: readonly Step[],
): Promise<Compared[]> {
  const [dockerd, moby] = await Promise.all(subjects.map((each) => runSteps(each, steps)))
  if (dockerd === undefined || moby === undefined) throw new Error('Two engines are compared')
  return steps.map(({ about }, at) => ({ ...about, dockerd: dockerd[at] ?? {}, moby: moby[at] ?? {} }))
}

/** All cases with the commands and flags that they exercise. Fails where help does not know one. */
export function makeSteps(commands: readonly Command[]): Step[] {
  const flagSteps = inParts(containerCases).flatMap(([part, one]) =>
    (one.only === undefined ? (['create', 'run'] as const) : [one.only]).map((verb) => ({
      part,
      about: {
        ...speaksFor(`${verb} ${one.flags}`, one.of, commands),
        line: `${verb} ${one.flags}${one.image === undefined ? '' : ` ${one.image}`}`,
      },
      observe: (scene: Scene) => observeContainer(scene, verb, one),
    })),
  )
  const lineSteps = inParts(cases).map(([part, one]) => ({
    part,
    about: { ...speaksFor(one.line, one.of, commands), line: one.line },
    observe: (scene: Scene) => observeCase(scene, one),
  }))
  const steps = [...flagSteps, ...lineSteps]
  const lines = steps.map(({ about }) => about.line)
  const twice = lines.find((line, at) => lines.indexOf(line) !== at)
  if (twice !== undefined) throw new Error(`Two cases have the line: docker ${twice}`)
  return steps
}

function inParts<T>(parts: Readonly<Record<string, readonly T[]>>): (readonly [part: string, one: T])[] {
  return Object.entries(parts).flatMap(([part, members]) => members.map((one) => [part, one] as const))
}

function speaksFor(line: string, of: readonly string[] | undefined, commands: readonly Command[]) {
  const read = readLine(splitWords(line), commands)
  const unknown = of?.find((each) => !read.flags.includes(each))
  if (unknown !== undefined) throw new Error(`A case stands for ${unknown}, which is not in it: ${line}`)
  return { command: read.command.name, flags: of ?? read.flags, globalFlags: read.globalFlags }
}

async function runSteps(subject: Subject, steps: readonly Step[]): Promise<Observed[]> {
  const scene = await Scene.make(subject)
  try {
    const observed: Observed[] = []
    for (const [at, step] of steps.entries()) {
      const began = performance.now()
      observed.push(await step.observe(scene))
      const seconds = Math.round((performance.now() - began) / 1000)
      if (seconds >= 10) console.log(`${subject.name}: ${seconds} s for docker ${step.about.line}`)
      if (at % 50 === 49) console.log(`${subject.name}: ${at + 1} of ${steps.length}`)
    }
    return observed
  } finally {
    await scene.end()
  }
}
