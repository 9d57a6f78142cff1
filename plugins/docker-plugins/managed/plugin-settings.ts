import { codedError } from '@moby/contracts'
import type { PluginConfig, PluginDevice, PluginMount } from './plugin-config.ts'

/** What may be changed of a plugin, as it is now. */
export interface PluginSettings {
  readonly mounts: readonly PluginMount[]
  /** `NAME=VALUE`. */
  readonly env: readonly string[]
  readonly args: readonly string[]
  readonly devices: readonly PluginDevice[]
}

interface Setting {
  readonly name: string
  /** Empty: the only one that may be set. */
  readonly field: string
  readonly value: string
}

export function firstSettings({ Mounts, Env, Args, Linux }: PluginConfig): PluginSettings {
  return {
    mounts: Mounts ?? [],
    env: (Env ?? []).flatMap(({ Name, Value }) => (Value === null ? [] : [`${Name}=${Value}`])),
    args: Args.Value ?? [],
    devices: Linux.Devices ?? [],
  }
}

/** Settings over an upgrade: what was changed stays where the new config still has it, all else is as that says. */
export function keepSettings(settings: PluginSettings, before: PluginConfig, after: PluginConfig): PluginSettings {
  const [old, fresh] = [firstSettings(before), firstSettings(after)]
  const changedEnv = settings.env.filter((each) => !old.env.includes(each))
  const env = (after.Env ?? []).flatMap(({ Name }) => {
    const isOwn = (each: string) => nameIn(each) === Name
    return changedEnv.find(isOwn) ?? fresh.env.find(isOwn) ?? []
  })
  const sameArgs = JSON.stringify(settings.args) === JSON.stringify(old.args)
  return {
    mounts: keepNamed(settings.mounts, old.mounts, fresh.mounts, 'Source'),
    env,
    args: sameArgs || after.Args.Name !== before.Args.Name ? fresh.args : settings.args,
    devices: keepNamed(settings.devices, old.devices, fresh.devices, 'Path'),
  }
}

function keepNamed<K extends string, T extends { readonly Name: string } & Readonly<Record<K, string | null>>>(
  settings: readonly T[],
  before: readonly T[],
  after: readonly T[],
  field: K,
): T[] {
  return after.map((each) => {
    const now = settings.find(({ Name }) => Name === each.Name)
    const then = before.find(({ Name }) => Name === each.Name)
    return now === undefined || now[field] === then?.[field] ? each : { ...each, [field]: now[field] }
  })
}

const nameIn = (variable: string): string => variable.split('=', 1)[0] ?? ''

/** With these changes, `NAME[.FIELD]=VALUE`, all of them. Fails with PLUGIN_SETTING_INVALID, in Docker's words. */
export function changeSettings(
  settings: PluginSettings,
  config: PluginConfig,
  changes: readonly string[],
): PluginSettings {
  return changes.map(readSetting).reduce((before, setting) => changeOne(before, config, setting), settings)
}

function readSetting(written: string): Setting {
  const equals = written.indexOf('=')
  if (equals === 0) throw invalid('invalid format, must be <name>[.<field>][=<value>]')
  const [left, value] = equals === -1 ? [written, ''] : [written.slice(0, equals), written.slice(equals + 1)]
  const dot = left.lastIndexOf('.')
  return dot > 0 ? { name: left.slice(0, dot), field: left.slice(dot + 1), value } : { name: left, field: '', value }
}

/** The first of that name counts, in the order env, mounts, devices, args. */
function changeOne(settings: PluginSettings, config: PluginConfig, setting: Setting): PluginSettings {
  const { name, value } = setting
  const named = <T extends { readonly Name: string }>(all: readonly T[] | null) =>
    all?.find(({ Name }) => Name === name)
  const env = named(config.Env)
  if (env !== undefined) {
    checkSettable(setting, 'value', env.Settable)
    const isOwn = (each: string) => nameIn(each) === name
    const others = settings.env.filter((each) => !isOwn(each))
    const at = settings.env.findIndex(isOwn)
    return { ...settings, env: others.toSpliced(at === -1 ? others.length : at, 0, `${name}=${value}`) }
  }
  const mount = named(config.Mounts)
  if (mount !== undefined) {
    checkSettable(setting, 'source', mount.Settable)
    return { ...settings, mounts: changeNamed(settings.mounts, name, { Source: value }) }
  }
  const device = named(config.Linux.Devices)
  if (device !== undefined) {
    checkSettable(setting, 'path', device.Settable)
    return { ...settings, devices: changeNamed(settings.devices, name, { Path: value }) }
  }
  if (config.Args.Name === name) {
    checkSettable(setting, 'value', config.Args.Settable)
    return { ...settings, args: value.split(' ') }
  }
  throw invalid(`setting ${JSON.stringify(name)} not found in the plugin configuration`)
}

function changeNamed<T extends { readonly Name: string }>(all: readonly T[], name: string, change: Partial<T>): T[] {
  return all.map((each) => (each.Name === name ? { ...each, ...change } : each))
}

function checkSettable({ name, field }: Setting, allowed: string, settable: readonly string[] | null): void {
  const fields = settable ?? []
  if (field === '' && fields.length > 1) throw invalid('multiple fields are settable, one must be specified')
  const meant = field === '' ? (fields[0] ?? '') : field
  if (meant === allowed && fields.includes(meant)) return
  throw invalid(`${JSON.stringify(meant === '' ? name : `${name}.${meant}`)} is not settable`)
}

function invalid(message: string) {
  return codedError('PLUGIN_SETTING_INVALID', message, {
    hint: 'docker plugin inspect shows the settings, and which of them are settable',
  })
}
