import { onTestFinished } from 'vitest'
import { wire, type Wired } from './sample.ts'

/** As `wire`, closed at the end of the test. */
export async function wired(...options: Parameters<typeof wire>): Promise<Wired> {
  const made = await wire(...options)
  onTestFinished(() => made.close())
  return made
}
