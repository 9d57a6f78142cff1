import { defineComponent } from '@moby/contracts'
import { makeDriver } from './driver.ts'
import { findRuntime } from './host/oci-runtime.ts'
import { Launcher } from './launcher.ts'

interface Config {
  /** OCI runtime, by name or absolute path. */
  readonly binary: string
}

export default defineComponent<Config>({
  async create({ config, folders, instance, log }) {
    const launcher = await Launcher.open({ instance, folders, runtime: await findRuntime(config.binary), log })
    return {
      provides: { 'component.launcher': makeDriver(launcher) },
      stop: () => launcher.close(),
    }
  },
})
