import { logFilesComponent } from '@moby/lib-log-files'
import { localDriver } from './local-driver.ts'
import { readOptions, type LogDefaults } from './options.ts'

export default logFilesComponent<LogDefaults>({
  check: (defaults) => void readOptions({}, defaults),
  open: localDriver,
})
