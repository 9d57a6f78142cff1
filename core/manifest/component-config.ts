import { codedError, type CodedError, type Descriptor } from '@moby/contracts'
import type { TSchema } from 'typebox'
import { checkDocument } from './check-document.ts'
import { fillDefaults } from './fill-defaults.ts'
import type { ManifestFile } from './load-manifest.ts'
import type { SchemaNode } from './schema-walk.ts'

/** A component without a schema takes no configuration. */
const none = { type: 'object', additionalProperties: false, properties: {} }

/** What is wrong with the configuration of an entry, by the schema in its component's descriptor. */
export function checkConfig(file: ManifestFile, entry: string, descriptor: Descriptor): CodedError[] {
  const schema = (descriptor.config ?? none) as unknown as TSchema
  try {
    return checkDocument({
      schema,
      file: file.yaml,
      value: componentConfig(file, entry, descriptor),
      at: ['components', entry, 'config'],
      area: 'CONFIG',
      prefix: `The configuration of ${entry} (${descriptor.name}): `,
    })
  } catch (cause) {
    // The validator fails on schemas that it cannot compile, for example on a wrong regular expression.
    const why = cause instanceof Error ? cause.message : String(cause)
    return [
      codedError('CONFIG_SCHEMA_INVALID', `The configuration schema of ${descriptor.name} cannot be used: ${why}`, {
        span: file.spanOf(['components', entry, 'use']),
        hint: `report it to the authors of ${descriptor.name}`,
        cause,
      }),
    ]
  }
}

/** The configuration of an entry with the defaults of the schema filled in; a copy of its own, not frozen yet. */
export function componentConfig(file: ManifestFile, entry: string, descriptor: Descriptor): Record<string, unknown> {
  const written = structuredClone(file.manifest.components[entry]?.config ?? {})
  return fillDefaults((descriptor.config ?? none) as SchemaNode, written) as Record<string, unknown>
}
