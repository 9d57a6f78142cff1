export { ParentNetworkDriver, type ParentNetworkOptions } from './parent-network-driver.ts'
