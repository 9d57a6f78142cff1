import { normalize } from './normalize.ts'
import type { Script } from './script.ts'
import type { Subject } from './subject.ts'

/** Runs a script on one engine that has nothing but busybox: its normalised answers by name, an error of the script itself among them. */
export async function observe(script: Script, subject: Subject): Promise<Map<string, unknown>> {
  const answers = new Map<string, unknown>()
  await reset(subject)
  try {
    await script.run(subject, (name, answer) => {
      if (answers.has(name)) throw new Error(`${script.name} notes ${name} twice`)
      answers.set(name, normalize(JSON.parse(JSON.stringify(answer ?? null)), subject))
    })
  } catch (error) {
    answers.set('the script itself', `${subject.name}: ${error instanceof Error ? error.stack : String(error)}`)
  }
  return answers
}

/** Takes away what scripts before this one have left. */
async function reset(subject: Subject): Promise<void> {
  const { body } = await subject.api('GET', '/containers/json?all=1')
  for (const { Id } of body as { Id: string }[]) await subject.api('DELETE', `/containers/${Id}?force=1&v=1`)
  await subject.api('POST', '/networks/prune')
  await subject.api('POST', `/volumes/prune?filters=${encodeURIComponent('{"all":["true"]}')}`)
  await subject.api('POST', '/images/prune')
}
