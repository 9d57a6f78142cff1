import type { PluginConfig } from './plugin-config.ts'
import type { PluginSettings } from './plugin-settings.ts'

/** What is kept of a managed plugin, under its id. */
export interface PluginRecord {
  /** 64 hexadecimal digits. */
  readonly id: string
  /** Familiar form with tag. */
  readonly name: string
  /** What it was pulled as, complete. */
  readonly reference?: string
  readonly enabled: boolean
  /** Seconds for each call, as it was enabled; 0: as configured. */
  readonly timeoutSeconds: number
  readonly config: PluginConfig
  readonly settings: PluginSettings
  /** Digests of its package. */
  readonly package: PluginPackage
  /** Name of the folder with its files, in the folder of the plugin. */
  readonly root: string
}

/** Digests of the blobs of a plugin. */
export interface PluginPackage {
  readonly manifest: string
  readonly config: string
  /** From the base upwards. */
  readonly layers: readonly string[]
}
