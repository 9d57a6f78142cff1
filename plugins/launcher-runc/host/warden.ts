import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { cgroupMounts } from './cgroup-mounts.ts'
import type { OciRuntime } from './oci-runtime.ts'

/**
 * Waits for the end of its standard input. Without the word `done` before it the launcher has died: components get two
 * seconds to end with their own standard input, then all that is left of this life goes.
 */
const script = `runtime=$1 life=$2
shift 2
read -r word
[ "$word" = done ] && exit 0
sleep 2
for round in 1 2 3 4 5; do
  for state in "$life"/state/*/; do
    [ -d "$state" ] && "$runtime" --root "$life/state" delete --force "$(basename "$state")"
  done
  sleep 0.2
done
rm -rf "$life"
for cgroup in "$@"; do
  for each in "$cgroup"/*/; do rmdir "$each"; done
  rmdir "$cgroup"
done
`

export interface WardenFacts {
  readonly runtime: OciRuntime
  /** Folder of this life of the launcher. */
  readonly life: string
  /** Cgroup that those of the containers lie in. */
  readonly cgroupParent: string
}

/** A small process that ends the containers of a launcher when the launcher ends, whatever ends it. */
export class Warden {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  static start({ runtime, life, cgroupParent }: WardenFacts): Warden {
    const cgroups = cgroupMounts().map((mount) => join(mount, cgroupParent))
    const child = spawn(runtime.shell, ['-c', script, 'warden', runtime.path, life, ...cgroups], {
      cwd: '/',
      // It must not get the signals of a terminal.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    child.on('error', () => undefined)
    child.stdin?.on('error', () => undefined)
    child.unref()
    return new Warden(child)
  }

  /** To be called when nothing is left that it could end. */
  dismiss(): void {
    this.#child.stdin?.end('done\n')
  }
}
