import { defineComponent } from '@moby/contracts'
import { makeDriver } from './driver.ts'
import { LauncherAtNeed } from './launcher-at-need.ts'

interface Config {
  /** OCI runtime, by name or absolute path. */
  readonly binary: string
}

export default defineComponent<Config>({
  async create({ config, folders, instance, log }) {
    const launcher = await LauncherAtNeed.begin({ instance, folders, binary: config.binary, log })
    return {
      provides: { 'component.launcher': makeDriver(launcher) },
      stop: () => launcher.close(),
    }
  },
})
