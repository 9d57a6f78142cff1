import { copyFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

/** `runc run` of `true` with no engine around it: the floor that an engine stands on. */
export class RawRuntime {
  readonly #folder: string
  #count = 0

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async make(): Promise<RawRuntime> {
    const folder = await mkdtemp(join(tmpdir(), 'moby-raw-'))
    await mkdir(join(folder, 'rootfs/bin'), { recursive: true })
    await copyFile('/bin/busybox', join(folder, 'rootfs/bin/true')).catch(() =>
      copyFile('/usr/bin/busybox', join(folder, 'rootfs/bin/true')),
    )
    await execa('runc', ['spec'], { cwd: folder })
    const spec = JSON.parse((await execa('cat', ['config.json'], { cwd: folder })).stdout)
    spec.process.terminal = false
    spec.process.args = ['/bin/true']
    await writeFile(join(folder, 'config.json'), JSON.stringify(spec))
    return new RawRuntime(folder)
  }

  async run(): Promise<void> {
    this.#count += 1
    await execa('runc', ['--root', join(this.#folder, 'state'), 'run', `raw-${process.pid}-${this.#count}`], {
      cwd: this.#folder,
      stdin: 'ignore',
    })
  }

  async remove(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true })
  }
}
