import { codedError } from '@moby/contracts'
import { mkdirSync, writeFileSync } from 'node:fs'
import { hostname as nameOfHost } from 'node:os'
import { join } from 'node:path'
import { applyCdiEdits } from '../cdi/apply-cdi-edits.ts'
import { findCdiEdits } from '../cdi/find-cdi-edits.ts'
import { hostnameOf } from '../networks/endpoint-names.ts'
import type { NetworkPlan } from '../networks/container-networking.ts'
import { writeContainerFiles } from '../networks/container-files.ts'
import { initPathInside, type ContainerFiles, type SettledMount } from '../spec/mounts.ts'
import { usesHostCgroupns } from '../spec/namespaces.ts'
import { buildProcess } from '../spec/process.ts'
import { buildRuntimeConfig } from '../spec/runtime-config.ts'
import type { ContainerContext } from './container-context.ts'
import { ContainerPaths } from './container-paths.ts'
import type { ContainerRecord } from './container-record.ts'
import { findInit } from './find-init.ts'
import { readInRoot } from './in-root.ts'
import { linkedEnvironment, linkedHosts } from './linked-containers.ts'

export interface BundleFacts {
  readonly plan: NetworkPlan
  readonly rootfs: string
  readonly mounts: readonly SettledMount[]
  /** Host folder of /dev/shm, for containers that share it. */
  readonly shmFolder?: string | undefined
}

/** Writes the bundle of a container and answers its folder. */
export function writeBundle(context: ContainerContext, record: ContainerRecord, facts: BundleFacts): string {
  const { spec, process } = record
  const paths = new ContainerPaths(context.folders, record.id)
  const { plan } = facts
  const initBinary = spec.init === true ? findInit() : undefined
  const args = [process.path, ...process.args]
  const hostname =
    plan.sharedWith === undefined
      ? plan.kind === 'host' && !spec.hostname
        ? nameOfHost()
        : hostnameOf(record)
      : hostnameOf(plan.sharedWith)
  const plain = buildRuntimeConfig({
    spec,
    process: buildProcess({
      spec,
      args: initBinary === undefined ? args : [initPathInside, '--', ...args],
      env: process.env,
      workingDir: process.workingDir,
      user: process.user,
      hostname,
      linked: linkedEnvironment(context, record),
      terminal: spec.terminal === true,
      consoleSize: spec.consoleSize,
      privileged: spec.privileged === true,
      hostCapabilities: context.host.capabilities,
      database: {
        passwd: readInRoot(facts.rootfs, '/etc/passwd'),
        group: readInRoot(facts.rootfs, '/etc/group'),
      },
    }),
    hostname,
    mounts: facts.mounts,
    files: prepareFiles(context, record, plan),
    initBinary,
    shmFolder: facts.shmFolder,
    shmSizeBytes: spec.shmSizeBytes || context.config.shmSizeBytes,
    hostCgroupns: usesHostCgroupns(spec, context.host.cgroups.version),
    cgroupsPath: cgroupsPath(context, record),
    networkNamespace: plan.sandboxKey,
    pidOf: sharedPid(context, spec.pidMode, 'PID'),
    ipcOf: sharedPid(context, spec.ipcMode, 'IPC'),
    host: context.host.cgroups,
  })
  const config = applyCdiEdits(plain, findCdiEdits(spec.deviceRequests ?? [], context.config.cdiSpecDirs))
  mkdirSync(paths.run, { recursive: true, mode: 0o711 })
  writeFileSync(join(paths.run, 'config.json'), JSON.stringify(config), { mode: 0o600 })
  return paths.run
}

/** Where the cgroup of a container is, below every controller's root. */
export function cgroupsPath(context: Pick<ContainerContext, 'instance'>, record: ContainerRecord): string {
  const parent = record.spec.cgroupParent || `/moby-${context.instance.id}`
  return `${parent.startsWith('/') ? '' : '/'}${parent.replace(/\/+$/, '')}/${record.id}`
}

/** The files of the container itself, or those of the container whose network it shares. */
function prepareFiles(context: ContainerContext, record: ContainerRecord, plan: NetworkPlan): ContainerFiles {
  const paths = new ContainerPaths(context.folders, plan.sharedWith?.id ?? record.id)
  if (plan.sharedWith === undefined) {
    writeContainerFiles({
      record,
      paths,
      hostNetwork: plan.kind === 'host',
      hostGateway: context.networking.hostGateway(),
      networkServers: context.networking.names.nameServers(record),
      resolver: context.networking.names.resolver(record),
      links: linkedHosts(context, record),
    })
  }
  const { resolvConf, hosts, hostname } = paths
  return { resolvConf, hosts, hostname }
}

/** Process whose namespace a container joins by `container:<ref>`. */
function sharedPid(context: ContainerContext, mode: string | undefined, what: string): number | undefined {
  const ref = /^container:(.+)$/s.exec(mode ?? '')?.[1]
  if (ref === undefined) return undefined
  const other = context.store.find(ref)
  if (other.pid === 0) {
    throw codedError('CONTAINER_STATE', `failed to join ${what} namespace: container ${other.id} is not running`, {
      hint: `Start ${other.name} first.`,
    })
  }
  return other.pid
}
