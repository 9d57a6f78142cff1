/** Milliseconds for one call of each method. Long ones are those that may have to move data or ask a cluster. */
const defaults: Readonly<Record<string, number>> = {
  'Plugin.Activate': 2_000,
  'VolumeDriver.Capabilities': 2_000,
  'VolumeDriver.Create': 120_000,
  'VolumeDriver.Mount': 120_000,
  'VolumeDriver.List': 3_000,
  'VolumeDriver.Get': 3_000,
  'VolumeDriver.Path': 10_000,
  'NetworkDriver.GetCapabilities': 2_000,
  'NetworkDriver.GwAllocCheck': 5_000,
  'NetworkDriver.EndpointOperInfo': 5_000,
  'IpamDriver.GetCapabilities': 2_000,
  'IpamDriver.GetDefaultAddressSpaces': 5_000,
  'LogDriver.Capabilities': 2_000,
  'LogDriver.StartLogging': 10_000,
  'LogDriver.StopLogging': 2_000,
  'LogDriver.ReadLogs': 10_000,
  'AuthZPlugin.AuthZReq': 10_000,
  'AuthZPlugin.AuthZRes': 10_000,
  'MetricsCollector.StartMetrics': 5_000,
  'MetricsCollector.StopMetrics': 2_000,
}
const otherwise = 60_000

/** The deadline of a method of a plugin, where `configured` has `PLUGIN/METHOD` or `METHOD` in place of the default. */
export function deadlineOf(configured: Readonly<Record<string, number>>, plugin: string, method: string): number {
  return configured[`${plugin}/${method}`] ?? configured[method] ?? defaults[method] ?? otherwise
}
