import type { Implementation } from '../component/contract.ts'
import type { runtime } from '../runtime/index.ts'
import { makeBundle, type Bundle, type RuntimeFixtures } from './bundle.ts'
import { within } from './checks.ts'

type Driver = Implementation<typeof runtime>

/** Creates a container, checks, and removes it whatever happened. */
export async function inContainer(
  { driver, fixtures }: { driver: Driver; fixtures: RuntimeFixtures },
  args: readonly string[],
  check: (bundle: Bundle) => Promise<void>,
  options: { readonly terminal?: boolean } = {},
): Promise<void> {
  const bundle = await makeBundle(fixtures, args, options)
  try {
    await driver.create({ id: bundle.id, bundle: bundle.path, stdio: bundle.streams.stdio })
    await check(bundle)
  } finally {
    await driver.delete({ id: bundle.id, force: true }).finally(() => bundle.close())
  }
}

/** The exit of a container or of an exec in it, within ten seconds. */
export const ended = (driver: Driver, id: string, execId?: string) =>
  within(15_000, driver.wait({ id, ...(execId === undefined ? {} : { execId }) }), 'the end of the process')

/** A program that tells when it is ready, and exits with 5 at SIGTERM. */
export const sleeper = ['sh', '-c', 'trap "exit 5" TERM; echo ready; while true; do sleep 0.1; done']
