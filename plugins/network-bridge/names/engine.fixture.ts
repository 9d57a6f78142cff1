import { readFileSync } from 'node:fs'
import { BridgeDriver, type BridgeDriverOptions } from '../bridge-driver.ts'
import { networkRequest } from '../host.fixture.ts'

/** An engine to be killed: takes over a host, publishes names, says so and stays. Argument: a file of options. */
const options = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as Omit<BridgeDriverOptions, 'log' | 'degraded'>
const quiet = () => undefined
const driver = await BridgeDriver.open({
  ...options,
  log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
  degraded: quiet,
})
await driver.api.createNetwork(networkRequest(1))
await driver.api.publishNames({
  networkId: 'network-1',
  names: [{ endpointId: 'web', names: ['web'], addresses: ['10.1.0.7'] }],
  upstream: [],
})
console.log('published')
setInterval(quiet, 1_000)
