import { expect, test } from 'vitest'
import type { EngineConfig } from './containers/container-context.ts'
import { reconfigureEngine } from './reconfigure-engine.ts'

const config: EngineConfig = {
  maxConcurrentDownloads: 6,
  maxConcurrentUploads: 5,
  partialContentHours: 24,
  logDriver: 'json-file',
  logOptions: {},
  runtime: 'runc',
  volumeDriver: 'local',
  ipamDriver: 'default',
  bridge: {},
  stopTimeout: 10,
  shmSizeBytes: 1,
  cdiSpecDirs: [],
  labels: [],
  debug: false,
  dns: [],
  dnsSearch: [],
  dnsOptions: [],
  ulimits: [],
  init: false,
  noNewPrivileges: false,
}

test('what is asked for at each use is taken, and not before it is committed', () => {
  const running = { ...config }
  const commit = reconfigureEngine(running, { ...config, runtime: 'crun', logOptions: { 'max-size': '1m' } })
  expect(running).toEqual(config)
  commit()
  expect(running).toEqual({ ...config, runtime: 'crun', logOptions: { 'max-size': '1m' } })
})

test('what the engine reads at its start alone waits for that, all of it', () => {
  const running = { ...config }
  const next = { ...config, runtime: 'crun', bridge: { subnet: '10.0.0.0/24' }, storage: 'copy' }
  expect(() => reconfigureEngine(running, next)).toThrow(
    expect.objectContaining({
      code: 'RECONFIGURE_LATER',
      message: 'The engine takes bridge, storage at its start alone',
    }),
  )
  expect(running).toEqual(config)
})
