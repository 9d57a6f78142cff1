export { PredefinedNetworkDriver, type PredefinedNetwork } from './predefined-network-driver.ts'
