import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import process from 'node:process'

interface Skip {
  /** Beginning of the names of the tests that are left out. */
  readonly tests: RegExp
  readonly reason: string
  /** True on a host where the tests cannot run. */
  readonly applies: () => boolean
}

/** The one list of tests that may be skipped, and why. Whatever else is skipped counts as failed. */
const skips = {
  'docker-cli': {
    tests: /^test\/e2e\/(?:docker-|docker\/|deep-images|hostile-registry)/,
    reason: 'The docker command line client is not on this host; Debian 12 has no package of the client alone.',
    applies: () => !onPath('docker'),
  },
  python: {
    tests: /^test\/(?:contract\/sdk\/python|e2e\/example-03|e2e\/new-python)/,
    reason: 'There is no python3 on this host; test/run installs it where apt-get can.',
    applies: () => !onPath('python3'),
  },
  go: {
    tests: /^test\/(?:contract\/sdk\/go|e2e\/example-04|e2e\/new-go|e2e\/docker-plugin|e2e\/example-06)/,
    reason: 'There is no Go on this host; test/run installs it where apt-get can.',
    applies: () => !onPath('go'),
  },
} as const satisfies Record<string, Skip>

/** True when tests of this entry must be left out on this host. */
export function mustSkip(name: keyof typeof skips): boolean {
  return skips[name].applies()
}

/** Those of the skipped tests that no entry covers here. */
export function unlistedSkips(names: readonly string[]): string[] {
  const active: readonly Skip[] = Object.values(skips).filter((skip) => skip.applies())
  return names.filter((name) => !active.some((skip) => skip.tests.test(name)))
}

function onPath(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
