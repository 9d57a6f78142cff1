import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Files that take longest, longest first: half a minute and more with nothing beside. */
const longest = [
  'test/contract/matrix/runtime',
  'test/e2e/docker-out-of-process',
  'test/e2e/hostile-registry',
  'test/e2e/docker/docker',
  'test/contract/matrix/rest',
  'test/e2e/docker/clients',
  'test/contract/matrix/copy',
  'test/e2e/contained-components',
  'test/e2e/deep-images',
  'core/cli/conform',
  'test/e2e/attacks/attacks',
  'test/e2e/docker-live-change',
  'test/e2e/traps/traps',
  'test/e2e/docker-reconnect',
  'plugins/runtime-shim/recovery',
  'test/e2e/docker-archives',
  'test/e2e/assembly-swap',
  'test/e2e/kill-pull',
  'test/contract/matrix/network',
  'plugins/engine/output/kill',
]

/**
 * Begins with the files that take longest, so that no worker has one for itself at the end. Vitest would learn that
 * from earlier runs; in a clean clone it begins with the files that have most bytes, and the longest have few.
 */
export default class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const found = longest.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`))
      return found === -1 ? longest.length : found
    }
    // Whatever is not named stays in the order of vitest.
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other))
  }
}
