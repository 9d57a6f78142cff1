import { mkdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { defineComponent } from '@moby/contracts'
import { describeRuntime, findBinary, ProgramFacts } from '@moby/lib-oci-runtime'
import { resolveRuntimeBinary, wrapperFolder } from './binary/runtime-binary.ts'
import { shimBinaryName } from './binary/shim-binary-name.ts'
import { removeWrappers } from './binary/wrapper.ts'
import { ShimPool } from './bootstrap/shim-pool.ts'
import { askShimVersion, formatVersion } from './bootstrap/shim-version.ts'
import type { Config } from './config.ts'
import { makeDriver } from './driver.ts'
import { serveEvents } from './task/events-server.ts'
import { TaskRecords } from './task/task-record.ts'
import { TaskSet } from './task/task-set.ts'

/** Only this shim takes an OCI runtime by name; others (Kata, gVisor, Wasm) bring theirs. */
const runcShim = /^containerd-shim-runc-v\d+$/

export default defineComponent<Config>({
  async create({ config, folders, instance, log }) {
    const shim = findBinary(shimBinaryName(config.shim))
    const versions = new ProgramFacts(askShimVersion)
    const records = new TaskRecords(join(folders.run, 'tasks'))
    const [binary] = await Promise.all([
      runcShim.test(basename(shim)) ? resolveRuntimeBinary(folders.data, config) : undefined,
      versions.of(shim),
    ])
    const namespace = `moby-${instance.id}`
    const events = join(folders.run, 'events.sock')
    const socketFolder = join(folders.run, 's')
    mkdirSync(socketFolder, { recursive: true, mode: 0o700 })
    const shims = new ShimPool({
      binary: shim,
      namespace,
      events,
      socketFolder,
      folder: join(folders.run, 'shims'),
      versions,
      idle: binary === undefined ? 0 : config.idleShims,
    })
    const tasks = new TaskSet({
      namespace,
      shim,
      runtime:
        binary === undefined
          ? undefined
          : {
              command: binary.command,
              root: join(folders.run, 'runtime'),
              systemdCgroup: config.systemdCgroup,
            },
      records,
      shims,
      events,
      warn: (message, fields) => log.warn(message, fields),
    })
    const server = await serveEvents(events, namespace, (id) => tasks.tellOom(id))
    // What containers of an earlier engine were started with they need until they are gone.
    const known = records.list()
    await shims.sweep(new Set(known.flatMap(({ place }) => (place === undefined ? [] : [place.id]))))
    const used = known.flatMap(({ runtime }) => (runtime === undefined ? [] : [runtime.command]))
    removeWrappers(wrapperFolder(folders.data), new Set(binary === undefined ? used : [...used, binary.command]))
    const describe = async () =>
      binary === undefined
        ? { name: basename(shim), version: formatVersion(await versions.of(shim)), path: shim }
        : { ...(await describeRuntime(binary.path)), path: binary.path }
    return {
      provides: { runtime: makeDriver(tasks, describe) },
      async start() {
        // The first container will tell what is wrong, if anything is.
        await shims.fill().catch((error: unknown) => log.warn('No shim could be started', { error: String(error) }))
      },
      async stop() {
        tasks.release()
        await shims.close()
        await server.close()
      },
    }
  },
})
