import type { Script } from '../script.ts'

const facts: Readonly<Record<string, string>> = {
  environment: 'env | sort',
  status: 'grep -E "^(Uid|Gid|Groups|Cap|NoNewPrivs|Seccomp)" /proc/self/status',
  mounts:
    'cut -d" " -f5- /proc/self/mountinfo | sed -E "s/ (shared|master):[0-9]+//g; s/(lowerdir|upperdir|workdir|size|nr_inodes|inode64|xino|uuid|userxattr|nouserxattr)[^, ]*//g" | sort',
  'what /proc hides':
    'for f in acpi asound bus fs interrupts irq kcore keys latency_stats sched_debug scsi sysrq-trigger sys timer_list timer_stats; do [ -e /proc/$f ] && { echo -n "$f "; grep " /proc/$f " /proc/mounts | cut -d" " -f1,3,4 | tail -1; [ -e /proc/$f ] || echo; cat /proc/$f 2>/dev/null | head -c 0; }; done; ls /proc/acpi /proc/scsi /sys/firmware /sys/devices/virtual/powercap 2>&1',
  'what /proc refuses':
    'for f in sys/kernel/hostname sys/kernel/core_pattern sysrq-trigger sys/vm/drop_caches fs/nfsd; do (echo x > /proc/$f) 2>&1; done; (echo 1 > /sys/kernel/uevent_helper) 2>&1; mkdir /sys/fs/cgroup/x 2>&1 | head -1',
  devices: 'ls -l /dev | awk "{print \\$1,\\$3,\\$4,\\$5,\\$6==\\"\\"?\\"\\":\\"\\",\\$NF}" | sort',
  'devices that refuse':
    'for d in "b 8 0" "c 1 1" "c 10 200" "c 10 229" "c 1 3" "c 5 1"; do mknod /tmp/d $d 2>&1 && { head -c 0 /tmp/d 2>&1; (: > /tmp/d) 2>&1; }; echo "$d $?"; rm -f /tmp/d; done',
  descriptors: 'ls -l /proc/self/fd | awk "{print \\$(NF-2), \\$NF}" | sed -E "s/[0-9]+\\]/N]/; s/[0-9]+\\/fd/N\\/fd/"',
  limits: 'ulimit -a',
  sysctls:
    'for f in kernel/hostname kernel/domainname net/ipv4/ip_unprivileged_port_start net/ipv4/ping_group_range net/ipv4/ip_forward net/ipv6/conf/all/disable_ipv6 net/ipv6/conf/default/disable_ipv6 net/ipv6/conf/lo/disable_ipv6 net/ipv4/conf/all/rp_filter kernel/shmmax kernel/msgmax fs/mqueue/msg_max; do echo $f $(cat /proc/sys/$f); done',
  hosts: 'cat /etc/hosts',
  'resolv.conf': 'cat /etc/resolv.conf',
  hostname: 'cat /etc/hostname; hostname; hostname -f; dnsdomainname',
  links:
    'ip -o link | cut -d" " -f2-5 | sed "s/@if[0-9]*//"; ip -o addr | awk "{print \\$2,\\$3}"; ip route | sed "s/src.*//"',
  tree: 'ls -la / | awk "{print \\$1,\\$3,\\$4,\\$NF}"; ls -la /etc | awk "{print \\$1,\\$3,\\$4,\\$NF}"; ls -ld /dev /proc /sys /tmp /dev/shm /dev/mqueue /dev/pts | awk "{print \\$1,\\$3,\\$4,\\$NF}"',
  processes: 'ps -o ppid,comm; cat /proc/1/oom_score_adj /proc/1/comm',
  cgroups:
    'cut -d: -f2 /proc/self/cgroup | sort; ls -d /sys/fs/cgroup/* | sort; cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/memory/memory.memsw.limit_in_bytes /sys/fs/cgroup/cpu/cpu.cfs_quota_us /sys/fs/cgroup/cpu/cpu.shares /sys/fs/cgroup/pids/pids.max /sys/fs/cgroup/cpuset/cpuset.cpus /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max /sys/fs/cgroup/cpu.max 2>&1',
  namespaces:
    'ls /proc/self/ns; for n in cgroup ipc mnt net pid user uts; do [ "$(readlink /proc/self/ns/$n)" = "$(readlink /proc/1/ns/$n)" ] && echo $n; done',
  umask: 'umask; id; pwd; tty; cat /proc/self/loginuid; cat /proc/self/timerslack_ns; cat /proc/self/coredump_filter',
}

/** Options under which everything is looked at, and those for which a fact or a few are of interest. */
const settings: readonly (readonly [name: string, options: readonly string[], facts?: readonly string[]])[] = [
  ['by default', []],
  ['on no network', ['--network', 'none'], ['hosts', 'resolv.conf', 'links', 'sysctls']],
  ['on the network of the host', ['--network', 'host', '--hostname', 'x'], ['hostname', 'mounts', 'sysctls']],
  ['privileged', ['--privileged'], ['status', 'mounts', 'what /proc refuses', 'devices that refuse', 'limits']],
  [
    'with limits',
    ['-m', '64m', '--cpus', '0.5', '--cpu-shares', '512', '--pids-limit', '50', '--cpuset-cpus', '0'],
    ['cgroups'],
  ],
  [
    'read-only',
    ['--read-only', '--tmpfs', '/run', '--tmpfs', '/x:size=1m,mode=700,exec', '--shm-size', '1m'],
    ['mounts', 'tree'],
  ],
  ['with capabilities', ['--cap-drop', 'ALL', '--cap-add', 'NET_ADMIN'], ['status']],
  ['with all capabilities', ['--cap-add', 'ALL'], ['status']],
  ['without new privileges', ['--security-opt', 'no-new-privileges'], ['status']],
  [
    'unconfined',
    ['--security-opt', 'seccomp=unconfined', '--security-opt', 'systempaths=unconfined'],
    ['status', 'mounts'],
  ],
  ['as a user', ['-u', '1000:1000', '--group-add', '20'], ['status', 'umask', 'environment', 'tree']],
  ['as a user with capabilities', ['-u', '1000', '--cap-add', 'NET_ADMIN'], ['status']],
  [
    'with names',
    [
      '--hostname',
      'named',
      '--domainname',
      'example.org',
      '--add-host',
      'far:10.1.2.3',
      '--add-host',
      'up:host-gateway',
      '--dns',
      '9.9.9.9',
      '--dns-search',
      'a.org',
      '--dns-option',
      'ndots:3',
    ],
    ['hosts', 'resolv.conf', 'hostname', 'environment', 'sysctls'],
  ],
  ['on a user network', ['--network', 'inside', '--network-alias', 'x'], ['hosts', 'resolv.conf', 'links']],
  ['in namespaces of the host', ['--pid', 'host', '--ipc', 'host', '--uts', 'host'], ['mounts']],
  ['in the cgroup namespace of the host', ['--cgroupns', 'host'], ['mounts']],
  [
    'with limits of resources',
    ['--ulimit', 'nofile=100:200', '--ulimit', 'core=0', '--oom-score-adj', '500'],
    ['limits', 'processes'],
  ],
  [
    'with sysctls',
    [
      '--sysctl',
      'net.ipv4.ip_forward=0',
      '--sysctl',
      'net.ipv6.conf.all.disable_ipv6=0',
      '--sysctl',
      'kernel.shmmax=1000',
    ],
    ['sysctls'],
  ],
  ['with a terminal', ['-t', '-e', 'A=b'], ['environment', 'devices', 'mounts']],
  [
    'with volumes',
    [
      '-v',
      '/media:/bind',
      '-v',
      'inside:/volume',
      '-v',
      '/anonymous',
      '--mount',
      'type=tmpfs,dst=/memory,tmpfs-size=1m',
    ],
    ['mounts', 'tree'],
  ],
  [
    'with devices',
    ['--device', '/dev/fuse', '--device-cgroup-rule', 'c 10:200 rwm'],
    ['devices', 'devices that refuse'],
  ],
  ['with init', ['--init'], ['processes', 'mounts']],
  ['with private IPC', ['--ipc', 'private'], ['mounts']],
  ['without IPC', ['--ipc', 'none'], ['mounts']],
]

/** What a process sees of its container. */
export const inside: Script = {
  name: 'inside',
  recorded: false,
  async run(subject, note) {
    await subject.docker(['network', 'create', '--subnet', '10.94.0.0/24', 'inside'])
    for (const [name, options, wanted] of settings) {
      const chosen = wanted ?? Object.keys(facts)
      const script = chosen.map((fact) => `echo "@""@ ${fact}"; ${facts[fact]}`).join('\n')
      const { exitCode, stdout, stderr } = await subject.docker([
        'run',
        '--rm',
        ...options,
        'busybox',
        'sh',
        '-c',
        script,
      ])
      if (exitCode !== 0) note(`${name} ends`, { exitCode, stderr })
      for (const part of stdout.replaceAll('\r', '').split('@@ ').slice(1)) {
        const [title = '', ...lines] = part.trimEnd().split('\n')
        note(`${name}: ${title}`, Object.fromEntries(counted(lines)))
      }
    }
    await subject.docker(['network', 'rm', 'inside'])
    await subject.docker(['volume', 'rm', 'inside'])
  },
}

/** Lines with how often each is there: what is missing and what is too much is told line by line. */
function counted(lines: readonly string[]): Map<string, number> {
  const result = new Map<string, number>()
  for (const line of lines) result.set(line, (result.get(line) ?? 0) + 1)
  return result
}
