import { proveDrivers } from './prove-drivers.ts'

proveDrivers('runtime')
