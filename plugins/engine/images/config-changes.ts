import { codedError } from '@moby/contracts'
import type { ExecutionConfig } from 'oci-spec-ts'
import { readHealthcheck } from './read-healthcheck.ts'
import { readJsonWords } from './read-json-words.ts'
import { splitWords } from './split-words.ts'

type Config = { -readonly [K in keyof ExecutionConfig]: ExecutionConfig[K] }

/**
 * Applies Dockerfile instructions that set configuration, as `docker import --change` and `docker commit --change`
 * take them. Errors: IMAGE_CHANGE_INVALID naming the instruction.
 */
export function applyChanges(base: ExecutionConfig, changes: readonly string[]): ExecutionConfig {
  const config: Config = { ...base }
  for (const change of changes) {
    const [, name = '', rest = ''] = /^\s*(\S+)\s*([\s\S]*?)\s*$/.exec(change) ?? []
    if (name === '') continue
    const apply = instructions[name.toUpperCase()]
    if (apply === undefined) {
      throw codedError('IMAGE_CHANGE_INVALID', `${name.toLowerCase()} is not a valid change command`, {
        hint: `Known are ${Object.keys(instructions).join(', ')}.`,
      })
    }
    if (rest === '') throw codedError('IMAGE_CHANGE_INVALID', `${name.toUpperCase()} requires at least one argument`)
    apply(config, rest)
  }
  return config
}

const instructions: Readonly<Record<string, (config: Config, rest: string) => void>> = {
  CMD: (config, rest) => {
    config.Cmd = readCommand(rest)
  },
  ENTRYPOINT: (config, rest) => {
    config.Entrypoint = readCommand(rest)
  },
  ENV: (config, rest) => {
    const merged = new Map((config.Env ?? []).map((entry): [string, string] => [entry.split('=', 1)[0] ?? '', entry]))
    for (const [key, value] of readPairs('ENV', rest)) merged.set(key, `${key}=${value}`)
    config.Env = [...merged.values()]
  },
  EXPOSE: (config, rest) => {
    const ports = splitWords(rest).map(readPort)
    config.ExposedPorts = { ...config.ExposedPorts, ...Object.fromEntries(ports.map((port) => [port, {}])) }
  },
  HEALTHCHECK: (config, rest) => {
    config.Healthcheck = readHealthcheck(rest)
  },
  LABEL: (config, rest) => {
    config.Labels = { ...config.Labels, ...Object.fromEntries(readPairs('LABEL', rest)) }
  },
  ONBUILD: (config, rest) => {
    config.OnBuild = [...(config.OnBuild ?? []), rest]
  },
  STOPSIGNAL: (config, rest) => {
    config.StopSignal = rest
  },
  USER: (config, rest) => {
    config.User = rest
  },
  VOLUME: (config, rest) => {
    const paths = readJsonWords(rest) ?? splitWords(rest)
    config.Volumes = { ...config.Volumes, ...Object.fromEntries(paths.map((path) => [path, {}])) }
  },
  WORKDIR: (config, rest) => {
    const previous = config.WorkingDir ?? '/'
    config.WorkingDir = rest.startsWith('/') ? rest : `${previous.replace(/\/$/, '')}/${rest}`
  },
}

/** The list form as it is, the shell form through /bin/sh. */
function readCommand(rest: string): string[] {
  return readJsonWords(rest) ?? ['/bin/sh', '-c', rest]
}

/** `a=b c="d e"`, or the old form `a b` with one key. */
function readPairs(name: string, rest: string): [string, string][] {
  const words = splitWords(rest)
  if (words[0]?.includes('=') !== true) {
    const [, key = '', value] = /^(\S+)\s+([\s\S]+)$/.exec(rest) ?? []
    if (value === undefined) throw codedError('IMAGE_CHANGE_INVALID', `${name} must have two arguments: ${rest}`)
    return [[key, value]]
  }
  return words.map((word) => {
    const at = word.indexOf('=')
    if (at < 1) throw codedError('IMAGE_CHANGE_INVALID', `${name}: "${word}" must be of the form name=value`)
    return [word.slice(0, at), word.slice(at + 1)]
  })
}

function readPort(text: string): string {
  const [, port = '', protocol = 'tcp'] = /^(\d{1,5}(?:-\d{1,5})?)(?:\/(tcp|udp|sctp))?$/i.exec(text) ?? []
  if (port === '' || port.split('-').some((each) => Number(each) > 65_535)) {
    throw codedError('IMAGE_CHANGE_INVALID', `Invalid containerPort: ${text}`)
  }
  return `${port}/${protocol.toLowerCase()}`
}
