import { codedError, type LogInfo } from '@moby/contracts'
import type { LogOptions } from './options.ts'

const shortId = 12

const fields: Readonly<Record<string, (info: LogInfo) => string>> = {
  ID: (info) => info.containerId.slice(0, shortId),
  FullID: (info) => info.containerId,
  Name: (info) => info.containerName.replace(/^\//, ''),
  ImageID: (info) => info.imageId.replace(/^sha256:/, '').slice(0, shortId),
  ImageFullID: (info) => info.imageId,
  ImageName: (info) => info.imageName,
  DaemonName: (info) => info.daemonName,
  Command: (info) => [info.entrypoint, ...info.args].join(' '),
}

/**
 * What every line carries as `attrs`: the labels and environment variables that the options name, and
 * the tag. Undefined when there is nothing. Errors: LOG_OPTION_INVALID for a tag that uses more of
 * Go's templates than fields.
 */
export function lineAttributes(options: LogOptions, info: LogInfo): Record<string, string> | undefined {
  const attributes: Record<string, string> = {}
  for (const [name, value] of Object.entries(info.labels)) {
    if (options.labels.includes(name) || options.labelsRegex?.test(name) === true) attributes[name] = value
  }
  for (const variable of info.env) {
    const [name = '', ...rest] = variable.split('=')
    if (rest.length === 0) continue
    if (options.env.includes(name) || options.envRegex?.test(name) === true) attributes[name] = rest.join('=')
  }
  const tag = options.tag === undefined ? '' : expandTag(options.tag, info)
  if (tag !== '') attributes['tag'] = tag
  return Object.keys(attributes).length === 0 ? undefined : attributes
}

/** Checks a tag without a container. */
export function checkTag(tag: string | undefined): void {
  for (const [action] of (tag ?? '').matchAll(/\{\{.*?\}\}/g)) readField(action)
}

function expandTag(tag: string, info: LogInfo): string {
  return tag.replaceAll(/\{\{.*?\}\}/g, (action) => readField(action)(info))
}

function readField(action: string): (info: LogInfo) => string {
  const name = /^\{\{-?\s*\.(\w+)\s*-?\}\}$/.exec(action)?.[1] ?? ''
  const field = Object.hasOwn(fields, name) ? fields[name] : undefined
  if (field !== undefined) return field
  throw codedError('LOG_OPTION_INVALID', `The log tag has an expression that is not known: ${action}`, {
    hint: `Known are ${Object.keys(fields)
      .map((known) => `{{.${known}}}`)
      .join(', ')}.`,
  })
}
