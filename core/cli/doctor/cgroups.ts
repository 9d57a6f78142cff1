import { readFile } from 'node:fs/promises'
import { bad, good, poor, type Finding } from './finding.ts'

const wanted = ['cpu', 'cpuset', 'memory', 'pids']

/** Which cgroups there are: one tree, one a controller, or both, and whether limits can be set. */
export async function examineCgroups(): Promise<Finding[]> {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8')).split('\n').map(parseMount)
  const unified = mounts.find(({ type }) => type === 'cgroup2')
  const old = mounts.filter(({ type }) => type === 'cgroup')
  const mode = old.length === 0 ? 'v2' : unified === undefined ? 'v1' : 'v1 and v2 (hybrid)'
  if (unified === undefined && old.length === 0) {
    return [bad('cgroups', 'none is mounted', 'mount -t cgroup2 none /sys/fs/cgroup')]
  }
  const controllers =
    old.length > 0
      ? new Set(old.flatMap(({ options }) => options))
      : new Set((await readFile(`${unified?.target}/cgroup.controllers`, 'utf8').catch(() => '')).trim().split(' '))
  const lacking = wanted.filter((controller) => !controllers.has(controller))
  const limits = lacking.length === 0 ? `limits of ${wanted.join(', ')}` : `no limits of ${lacking.join(', ')}`
  const remedy = `enable the controllers ${lacking.join(', ')} when booting (cgroup_enable=...)`
  const findings = [
    lacking.length === 0 ? good('cgroups', `${mode}, ${limits}`) : poor('cgroups', `${mode}, ${limits}`, remedy),
  ]
  if (mode !== 'v2') {
    const detail = `${mode}: out-of-memory kills and pressure are seen less exactly than with v2`
    findings.push(poor('cgroup version', detail, 'boot with systemd.unified_cgroup_hierarchy=1'))
  }
  return findings
}

function parseMount(line: string): { target: string; type: string; options: readonly string[] } {
  const [own = '', super_ = ''] = line.split(' - ')
  const [type = '', , options = ''] = super_.split(' ')
  return { target: own.split(' ')[4] ?? '', type, options: options.split(',') }
}
