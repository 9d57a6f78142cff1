import { closeSync } from 'node:fs'
import { codedError } from '@moby/contracts/errors'
import { declareFunction, lastErrno } from './binding.ts'
import { mountFlags } from './mount-flags.ts'
import { checked, errnoName, failSystemCall } from './syscall.ts'

// Numbers are the same on x86-64 and arm64 (asm-generic/unistd.h); older C libraries have no wrappers.
const callNumbers = { moveMount: 429, fsopen: 430, fsconfig: 431, fsmount: 432 } as const
const fsopen = declareFunction<(call: number, type: string, flags: number) => number>(
  'long syscall(long call, const char *type, long flags)',
)
const fsconfig = declareFunction<
  (
    call: number,
    context: number,
    command: number,
    key: string | null,
    value: string | null,
    auxiliary: number,
  ) => number
>('long syscall(long call, long context, long command, const char *key, const char *value, long auxiliary)')
const fsmount = declareFunction<(call: number, context: number, flags: number, attributes: number) => number>(
  'long syscall(long call, long context, long flags, long attributes)',
)
const moveMount = declareFunction<
  (call: number, from: number, fromPath: string, to: number, toPath: string, flags: number) => number
>('long syscall(long call, long from, const char *fromPath, long to, const char *toPath, long flags)')
const read = declareFunction<(descriptor: number, buffer: Uint8Array, length: number) => number>(
  'long read(int descriptor, void *buffer, size_t length)',
)

const setFlag = 0
const setString = 1
const create = 6
const currentFolder = -100
const moveEmptyPath = 4

/** Attributes of a mount (MOUNT_ATTR_*) that stand for flags of mount(2). */
function mountAttributes(flags: number): number {
  let attributes = 0
  if (flags & mountFlags.rdonly) attributes |= 0x1
  if (flags & mountFlags.nosuid) attributes |= 0x2
  if (flags & mountFlags.nodev) attributes |= 0x4
  if (flags & mountFlags.noexec) attributes |= 0x8
  if (flags & mountFlags.noatime) attributes |= 0x10
  if (flags & mountFlags.strictatime) attributes |= 0x20
  if (flags & mountFlags.nodiratime) attributes |= 0x80
  if (flags & mountFlags.nosymfollow) attributes |= 0x20_0000
  return attributes
}

/** Parts of an overlay `lowerdir=` value; a backslash makes the next character literal. */
function splitLayers(value: string): string[] {
  const layers = ['']
  for (let at = 0; at < value.length; at++) {
    const character = value.charAt(at)
    if (character === ':') layers.push('')
    else layers[layers.length - 1] += character === '\\' ? value.charAt(++at) : character
  }
  return layers
}

/** What the kernel wrote about the failure into the context: lines `e overlay: reason`. */
function contextMessage(context: number): string | undefined {
  const buffer = Buffer.alloc(1024)
  const length = read(context, buffer, buffer.length)
  return length > 2 ? buffer.toString('utf8', 2, length).trim() : undefined
}

/**
 * Mounts through fsopen(2), for option lists longer than the page that mount(2) takes. Overlay layers go
 * one by one as `lowerdir+` (Linux 6.8 and later).
 */
export function mountFileSystem(mount: {
  source: string
  target: string
  type: string
  flags: number
  options: readonly string[]
}): void {
  const context = checked(fsopen(callNumbers.fsopen, mount.type, 1), 'fsopen', mount.type)
  try {
    const set = (command: number, key: string | null, value: string | null) => {
      if (fsconfig(callNumbers.fsconfig, context, command, key, value, 0) !== -1) return
      const errno = lastErrno()
      if (key === 'lowerdir+' && errnoName(errno) === 'EINVAL') {
        throw codedError('HOST_LACKS', `The kernel cannot mount ${mount.target} from so many layers`, {
          hint: 'Use Linux 6.8 or later, or an image with fewer layers.',
          details: { errno: 'EINVAL', call: 'fsconfig' },
        })
      }
      failSystemCall('fsconfig', errno, `${key ?? 'mount'} for ${mount.target}`, contextMessage(context))
    }
    set(setString, 'source', mount.source)
    if (mount.flags & mountFlags.rdonly) set(setFlag, 'ro', null)
    for (const option of mount.options) {
      const equals = option.indexOf('=')
      const key = equals === -1 ? option : option.slice(0, equals)
      if (equals === -1) set(setFlag, key, null)
      else if (mount.type === 'overlay' && key === 'lowerdir') {
        for (const layer of splitLayers(option.slice(equals + 1))) set(setString, 'lowerdir+', layer)
      } else set(setString, key, option.slice(equals + 1))
    }
    set(create, null, null)
    const mounted = checked(
      fsmount(callNumbers.fsmount, context, 1, mountAttributes(mount.flags)),
      'fsmount',
      mount.target,
    )
    try {
      checked(
        moveMount(callNumbers.moveMount, mounted, '', currentFolder, mount.target, moveEmptyPath),
        'move_mount',
        mount.target,
      )
    } finally {
      closeSync(mounted)
    }
  } finally {
    closeSync(context)
  }
}
