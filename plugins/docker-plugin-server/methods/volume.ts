import type { Implementation, storageVolume, Volume } from '@moby/contracts'
import { shape, volumeRequests } from '@moby/lib-docker-plugin-protocol'
import { method, type ServedMethods } from './method.ts'

/** `VolumeDriver.*` in front of a volume driver. */
export function volumeMethods(driver: Implementation<typeof storageVolume>): ServedMethods {
  const { Create, ByName, ByMount } = volumeRequests
  return {
    'VolumeDriver.Create': method(Create, async ({ Name, Opts }, signal) => {
      await driver.create({ name: Name, options: Opts }, { signal })
      return { Err: '' }
    }),
    'VolumeDriver.Get': method(ByName, async ({ Name }, signal) => {
      const { volume } = await driver.get({ name: Name }, { signal })
      return { Volume: show(volume), Err: '' }
    }),
    'VolumeDriver.List': method(shape({}), async (_request, signal) => {
      const { volumes } = await driver.list({}, { signal })
      return { Volumes: volumes.map(show), Err: '' }
    }),
    'VolumeDriver.Path': method(ByName, async ({ Name }, signal) => {
      const { mountpoint } = await driver.path({ name: Name }, { signal })
      return { Mountpoint: mountpoint, Err: '' }
    }),
    'VolumeDriver.Mount': method(ByMount, async ({ Name, ID }, signal) => {
      const { mountpoint } = await driver.mount({ name: Name, id: ID }, { signal })
      return { Mountpoint: mountpoint, Err: '' }
    }),
    'VolumeDriver.Unmount': method(ByMount, async ({ Name, ID }, signal) => {
      await driver.unmount({ name: Name, id: ID }, { signal })
      return { Err: '' }
    }),
    'VolumeDriver.Remove': method(ByName, async ({ Name }, signal) => {
      await driver.remove({ name: Name }, { signal })
      return { Err: '' }
    }),
    'VolumeDriver.Capabilities': method(shape({}), async (_request, signal) => {
      const { scope } = await driver.capabilities({}, { signal })
      return { Capabilities: { Scope: scope } }
    }),
  }
}

function show({ name, mountpoint = '', createdAt, status }: Volume): object {
  return {
    Name: name,
    Mountpoint: mountpoint,
    ...(createdAt === undefined ? {} : { CreatedAt: createdAt }),
    ...(status === undefined ? {} : { Status: status }),
  }
}
