import { Type } from 'typebox'
import { holds, key, refused, taken, wrong, type DaemonKey } from '../daemon-key.ts'
import { readSize } from '../read-size.ts'
import { engine, runtime } from '../takers.ts'

const Text = Type.String()
const Truth = Type.Boolean()
const Runtime = Type.Object(
  {
    path: Type.Optional(Text),
    runtimeArgs: Type.Optional(Type.Array(Text)),
    runtimeType: Type.Optional(Text),
    options: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
  },
  { additionalProperties: false },
)
const Ulimit = Type.Object(
  {
    Name: Type.Optional(Text),
    Soft: Type.Optional(Type.Integer()),
    Hard: Type.Optional(Type.Integer()),
  },
  { additionalProperties: false },
)

/** What containers get that do not say otherwise. */
export const containerKeys: Readonly<Record<string, DaemonKey>> = {
  'log-driver': key(Text, (value) => taken(engine(value, 'logDriver'))),
  'log-opts': key(Type.Record(Type.String(), Type.String()), (value) => taken(engine(value, 'logOptions'))),
  'default-runtime': key(Text, (value) => taken(engine(value, 'runtime'))),
  runtimes: key(Type.Record(Type.String(), Runtime), (value) => {
    for (const [name, { path, runtimeArgs, runtimeType, options }] of Object.entries(value)) {
      if (path !== undefined && runtimeType !== undefined) {
        return wrong(`the runtime ${name} has path and runtimeType`, 'keep one of the two')
      }
      if (runtimeArgs !== undefined && path === undefined) {
        return wrong(`the runtime ${name} has runtimeArgs without path`, 'name its path too')
      }
      if (options !== undefined && Object.keys(options).length > 0) {
        return refused(`options of the runtime ${name} are not handed on to shims`, 'remove options')
      }
    }
    return taken(
      ...Object.entries(value).flatMap(([name, { path, runtimeArgs, runtimeType }]) => {
        const to = runtime(name)
        return [
          ...(path === undefined ? [] : [to(path, 'binary')]),
          ...(runtimeArgs === undefined ? [] : [to(runtimeArgs, 'args')]),
          ...(runtimeType === undefined ? [] : [to(runtimeType, 'shim')]),
        ]
      }),
    )
  }),
  'exec-opts': key(Type.Array(Text), (value) => {
    for (const option of value) {
      const [name, driver] = option.split('=')
      if (name !== 'native.cgroupdriver') return wrong(`there is no option ${option}`, 'remove it')
      if (driver === 'systemd') {
        return refused('cgroups are made in the file system, not by systemd', 'write native.cgroupdriver=cgroupfs')
      }
      if (driver !== 'cgroupfs') return wrong(`there is no cgroup driver ${driver}`, 'it can be cgroupfs')
    }
    return holds('cgroups are made in the file system')
  }),
  'default-shm-size': key(Text, (value) => {
    const size = readSize(value)
    return size === undefined
      ? wrong('it is no size', 'write a number and a unit: 64M')
      : taken(engine(size, 'shmSizeBytes'))
  }),
  'default-ulimits': key(Type.Record(Type.String(), Ulimit), (value) => {
    const limits = Object.entries(value).map(([name, { Name, Soft = 0, Hard = Soft }]) => ({
      name: Name ?? name,
      soft: Soft,
      hard: Hard,
    }))
    const odd = limits.find(({ soft, hard }) => hard !== -1 && (soft === -1 || soft > hard))
    if (odd !== undefined)
      return wrong(`the soft limit of ${odd.name} is above the hard one`, 'lower Soft, or raise Hard')
    return taken(engine(limits, 'ulimits'))
  }),
  'default-ipc-mode': key(Type.Union([Type.Literal('private'), Type.Literal('shareable')]), (value) =>
    taken(engine(value, 'ipcMode')),
  ),
  'default-cgroupns-mode': key(Type.Union([Type.Literal('private'), Type.Literal('host')]), (value) =>
    taken(engine(value, 'cgroupnsMode')),
  ),
  'cgroup-parent': key(Text, (value) =>
    value.includes('.slice')
      ? refused('slices are of systemd, and cgroups are made in the file system', 'write a path: /containers')
      : taken(engine(value, 'cgroupParent')),
  ),
  init: key(Truth, (value) => taken(engine(value, 'init'))),
  'init-path': key(Text, () =>
    refused('the program that --init puts into containers is found on the PATH', 'remove init-path, and install tini'),
  ),
  'default-init': key(Text, () =>
    refused(
      'the program that --init puts into containers is found on the PATH',
      'remove default-init, and install tini',
    ),
  ),
  'no-new-privileges': key(Truth, (value) => taken(engine(value, 'noNewPrivileges'))),
  'seccomp-profile': key(Text, (value) =>
    value === '' || value === 'builtin' ? holds('it is what containers get') : taken(engine(value, 'seccompProfile')),
  ),
  'cdi-spec-dirs': key(Type.Array(Text), (value) => taken(engine(value, 'cdiSpecDirs'))),
  'userns-remap': key(Text, (value) =>
    value === ''
      ? holds('users are not mapped')
      : refused('users of containers cannot be mapped to others of the host', 'remove userns-remap'),
  ),
  'selinux-enabled': key(Truth, (value) =>
    value ? refused('SELinux labels are not set', 'remove selinux-enabled') : holds('SELinux labels are not set'),
  ),
  'cpu-rt-period': key(Type.Integer(), (value) => realTime('cpu-rt-period', value)),
  'cpu-rt-runtime': key(Type.Integer(), (value) => realTime('cpu-rt-runtime', value)),
}

function realTime(name: string, value: number) {
  return value === 0
    ? holds('no processor time is set aside')
    : refused('processor time is not set aside for real-time tasks', `remove ${name}`)
}
