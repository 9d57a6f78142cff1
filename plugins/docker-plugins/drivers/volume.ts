import {
  codedError,
  hasCode,
  implement,
  storageVolume,
  type CodedError,
  type Logger,
  type Volume,
} from '@moby/contracts'
import { volumeAnswers, type PluginVolume } from '@moby/lib-docker-plugin-protocol'
import type { MountRecords } from '../mount-records.ts'
import type { Plugin } from '../plugin.ts'
import { askOf } from './ask.ts'
import { checkMountpoint } from './check-mountpoint.ts'
import type { VolumeRecords } from './volume-records.ts'

/** Docker's VolumeDriver as a driver of `storage.volume`. */
export function volumeDriver(plugin: Plugin, mounts: MountRecords, volumes: VolumeRecords, log: Logger) {
  const ask = askOf(plugin, 'volume')
  const { Nothing, Mountpoint, Get, List, Capabilities } = volumeAnswers
  /** An error that the plugin gives for one volume mostly means that it has none of that name; its words tell. */
  const orMissing = (name: string) => (error: unknown) => {
    throw hasCode(error, 'PLUGIN_REFUSED') ? missing(name, plugin.name, error) : error
  }
  return implement(storageVolume, {
    async capabilities(_request, call) {
      try {
        const { Capabilities: told } = await ask('VolumeDriver.Capabilities', Capabilities, {}, call)
        const scope = told.Scope.toLowerCase()
        if (scope !== '' && scope !== 'local' && scope !== 'global') {
          log.warn('A plugin told a scope that there is not; its volumes count as local.', {
            plugin: plugin.name,
            scope,
          })
        }
        return { scope: scope === 'global' ? 'global' : 'local' }
      } catch (error) {
        // The method came late to the protocol, and old plugins do not have it.
        if (hasCode(error, 'PLUGIN_REFUSED')) return { scope: 'local' }
        throw error
      }
    },
    async create({ name, options }, call) {
      await ask('VolumeDriver.Create', Nothing, { Name: name, Opts: options }, call)
      volumes.add(plugin.name, name)
      return {}
    },
    async get({ name }, call) {
      const { Volume: told } = await ask('VolumeDriver.Get', Get, { Name: name }, call).catch(orMissing(name))
      if (told === undefined) throw missing(name, plugin.name)
      return { volume: { ...toVolume(told, plugin), name } }
    },
    async list(_request, call) {
      const { Volumes } = await ask('VolumeDriver.List', List, {}, call)
      return {
        volumes: Volumes.flatMap((told) => (told === undefined || told.Name === '' ? [] : toVolume(told, plugin))),
      }
    },
    async path({ name }, call) {
      const { Mountpoint: path } = await ask('VolumeDriver.Path', Mountpoint, { Name: name }, call).catch(
        orMissing(name),
      )
      return { mountpoint: path === '' ? path : plugin.toHost(path) }
    },
    async mount({ name, id }, call) {
      if (mounts.has(plugin.name, name, id)) {
        // Plugins count mounts: a second one under this id would never be undone.
        const { Mountpoint: path } = await ask('VolumeDriver.Path', Mountpoint, { Name: name }, call)
        if (path !== '') return { mountpoint: checkMountpoint(plugin.toHost(path), plugin.name, name) }
      }
      const { Mountpoint: path } = await ask('VolumeDriver.Mount', Mountpoint, { Name: name, ID: id }, call)
      mounts.add(plugin.name, name, id)
      try {
        return { mountpoint: checkMountpoint(plugin.toHost(path), plugin.name, name) }
      } catch (error) {
        await ask('VolumeDriver.Unmount', Nothing, { Name: name, ID: id })
          .then(() => mounts.delete(plugin.name, name, id))
          .catch((failure: unknown) => log.warn('A mount was not undone.', { volume: name, error: String(failure) }))
        throw error
      }
    },
    async unmount({ name, id }, call) {
      if (!mounts.has(plugin.name, name, id)) return {}
      await ask('VolumeDriver.Unmount', Nothing, { Name: name, ID: id }, call)
      mounts.delete(plugin.name, name, id)
      return {}
    },
    async usage() {
      throw codedError('NOT_SUPPORTED', `The plugin ${plugin.name} cannot tell the size of a volume`)
    },
    async remove({ name }, call) {
      try {
        await ask('VolumeDriver.Remove', Nothing, { Name: name }, call)
      } catch (error) {
        if (!hasCode(error, 'PLUGIN_REFUSED')) throw error
        // Its words do not tell whether it has the volume; the next question does.
        const { Volume: told } = await ask('VolumeDriver.Get', Get, { Name: name }, call).catch(orMissing(name))
        if (told !== undefined) throw error
        volumes.delete(plugin.name, name)
        throw missing(name, plugin.name, error)
      }
      volumes.delete(plugin.name, name)
      return {}
    },
  })
}

function toVolume({ Name, Mountpoint, CreatedAt, Status }: PluginVolume, plugin: Plugin): Volume {
  const created = Date.parse(CreatedAt)
  return {
    name: Name.slice(0, 255),
    ...(Mountpoint === '' ? {} : { mountpoint: plugin.toHost(Mountpoint) }),
    ...(Number.isNaN(created) || CreatedAt.startsWith('0001-') ? {} : { createdAt: new Date(created).toISOString() }),
    ...(Object.keys(Status).length === 0 ? {} : { status: Status }),
  }
}

function missing(name: string, plugin: string, cause?: CodedError): CodedError {
  const words = cause === undefined ? 'it answered with no volume' : String(cause.details?.['reason'])
  return codedError('VOLUME_NOT_FOUND', `The plugin ${plugin} has no volume ${name}: ${words}`, {
    details: { volume: name, plugin },
    cause,
  })
}
