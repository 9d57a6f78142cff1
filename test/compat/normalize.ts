import type { Subject } from './subject.ts'

const rules: readonly (readonly [RegExp, string])[] = [
  [/(?<!sha256:)\b[0-9a-f]{64}\b/g, '<id>'],
  [/(?<![0-9a-f:])(?!0{12})[0-9a-f]{12}(?![0-9a-f])/g, '<short>'],
  [/(?!0001-01-01T00:00:00Z|2024-01-01T00:00:00Z)\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)/g, '<time>'],
  [/\b([0-9a-f]{2}:){5}[0-9a-f]{2}\b/g, '<mac>'],
  // Where each engine has the cgroups of its containers.
  [/(?<=\/sys\/fs\/cgroup\/\w+\/)(docker|<instance>|moby-[0-9a-f]{8})(?=\/)/g, '<engine>'],
  // The same refusal of runc, in two versions of it.
  [
    /open (sysctl \S+ file: unsafe procfs detected: openat2 \S+|\/proc\/sys\/\S+): no such file or directory/g,
    '<no such sysctl>',
  ],
  [/\b(172\.(1[6-9]|2\d|3[01])|192\.168|10\.\d+)\.\d+\.\d+\b/g, '<ip>'],
]

/** Replaces what may differ between two engines that do the same: ids, times, addresses, folders, processes. */
export function normalize(value: unknown, subject: Subject, key = ''): unknown {
  if (typeof value === 'string') return normalizeText(value, subject)
  if (typeof value === 'number') return normalizeNumber(value, key)
  if (Array.isArray(value)) return value.map((each) => normalize(each, subject, key))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [normalizeText(name, subject), normalize(each, subject, name)]),
  )
}

function normalizeText(text: string, subject: Subject): string {
  const path = new RegExp(`${subject.facts.folder.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')}(/[^\\s:"',]*)?`, 'g')
  return rules.reduce((result, [pattern, stand]) => result.replaceAll(pattern, stand), text.replaceAll(path, '<path>'))
}

function normalizeNumber(value: number, key: string): number | string {
  if (/^(Pid|ProcessIdentifier)$/.test(key) && value > 0) return '<pid>'
  if (/^(Created|time|Since)$/i.test(key) && value > 1e9) return '<seconds>'
  if (/nano$/i.test(key)) return '<nanoseconds>'
  return value
}
