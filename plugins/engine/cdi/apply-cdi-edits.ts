import { codedError } from '@moby/contracts'
import { toDevice, type LinuxDevice } from '@moby/lib-oci-runtime'
import { lstatSync } from 'node:fs'
import { posix } from 'node:path'
import type { Hooks, RuntimeConfig, RuntimeHook } from '../spec/oci.ts'
import type { CdiDeviceNode, CdiEdits, CdiHook } from './cdi-spec.ts'

/**
 * A runtime configuration with edits of CDI applied in order: what is named a second time replaces the first, hooks are
 * added. Fails with CONTAINER_START_FAILED for a device that the host lacks.
 */
export function applyCdiEdits(config: RuntimeConfig, edits: readonly CdiEdits[]): RuntimeConfig {
  return edits.reduce(applyOne, config)
}

function applyOne(config: RuntimeConfig, edits: CdiEdits): RuntimeConfig {
  const { process, linux } = config
  const nodes = (edits.deviceNodes ?? []).map((node) => ({ node, device: ownedBy(toNode(node), process.user) }))
  const paths = new Set(nodes.map(({ device }) => device.path))
  const targets = new Set((edits.mounts ?? []).map(({ containerPath }) => containerPath))
  const mounts = [
    ...config.mounts.filter(({ destination }) => !targets.has(destination)),
    ...(edits.mounts ?? []).map(({ hostPath, containerPath, type = '', options = [] }) => ({
      destination: containerPath,
      type: type === '' ? 'bind' : type,
      source: hostPath,
      options: [...options],
    })),
  ]
  const gids = new Set([...process.user.additionalGids, ...(edits.additionalGids ?? []).filter((gid) => gid !== 0)])
  return {
    ...config,
    process: {
      ...process,
      env: mergeEnvironment(process.env, edits.env ?? []),
      user: { ...process.user, additionalGids: [...gids] },
    },
    mounts: targets.size === 0 ? config.mounts : mounts.toSorted((a, b) => depth(a.destination) - depth(b.destination)),
    ...(edits.hooks === undefined ? {} : { hooks: addHooks(config.hooks, edits.hooks) }),
    linux: {
      ...linux,
      devices: [...linux.devices.filter(({ path }) => !paths.has(path)), ...nodes.map(({ device }) => device)],
      resources: {
        ...linux.resources,
        devices: [...(linux.resources.devices ?? []), ...nodes.flatMap(({ node, device }) => ruleOf(node, device))],
      },
      ...(edits.intelRdt === undefined ? {} : { intelRdt: edits.intelRdt }),
    },
  }
}

/** What a spec leaves out is as on the host. */
function toNode(node: CdiDeviceNode): LinuxDevice {
  const { path, hostPath = path, type: given = '', fileMode, uid, gid } = node
  const type = given === 'u' ? 'c' : given
  const own = {
    ...(fileMode === undefined ? {} : { fileMode }),
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  }
  if (type === 'p' || (type !== '' && (node.major ?? 0) !== 0)) {
    return { path, type, major: node.major ?? 0, minor: node.minor ?? 0, ...own }
  }
  const stats = lstatSync(hostPath, { throwIfNoEntry: false })
  const found = stats === undefined ? undefined : toDevice(stats, path)
  if (found === undefined) {
    const reason = stats === undefined ? 'no such file or directory' : 'not a device node'
    throw failure(`failed to stat CDI host device "${hostPath}": ${reason}`)
  }
  if (type !== '' && type !== found.type) {
    throw failure(`CDI device ("${path}", "${hostPath}"), host type mismatch (${type}, ${found.type})`)
  }
  return { path, type: found.type, major: found.major, minor: found.minor, ...own }
}

/** A device without an owner is the user's, when that is not root. */
function ownedBy(device: LinuxDevice, { uid, gid }: { readonly uid: number; readonly gid: number }): LinuxDevice {
  return {
    ...device,
    ...(device.uid === undefined && uid > 0 ? { uid } : {}),
    ...(device.gid === undefined && gid > 0 ? { gid } : {}),
  }
}

function ruleOf({ permissions = '' }: CdiDeviceNode, { type, major, minor }: LinuxDevice) {
  if (type !== 'b' && type !== 'c') return []
  return [{ allow: true, type, major, minor, access: permissions === '' ? 'rwm' : permissions }]
}

function mergeEnvironment(env: readonly string[], more: readonly string[]): string[] {
  const merged = new Map([...env, ...more].map((variable) => [variable.split('=', 1)[0], variable]))
  return [...merged.values()]
}

function addHooks(hooks: Hooks = {}, more: readonly CdiHook[]): Hooks {
  const all: Record<string, readonly RuntimeHook[]> = { ...hooks }
  for (const { hookName, path, args, env, timeout } of more) {
    const hook = {
      path,
      ...(args === undefined ? {} : { args }),
      ...(env === undefined ? {} : { env }),
      ...(timeout === undefined ? {} : { timeout }),
    }
    all[hookName] = [...(all[hookName] ?? []), hook]
  }
  return all
}

function depth(path: string): number {
  return posix
    .normalize(path)
    .split('/')
    .filter((part) => part !== '').length
}

function failure(message: string) {
  return codedError('CONTAINER_START_FAILED', `CDI device injection failed: failed to inject devices: ${message}`, {
    hint: 'Look at the CDI specs of the host: they tell of a device that it does not have.',
  })
}
