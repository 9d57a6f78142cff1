import { Type, type Static } from 'typebox'
import { runModes } from '../component/descriptor.ts'
import { Closed, OneOf } from '../component/schemas.ts'

/** One entry of an assembly: a component under a name of its own. */
export const ManifestEntry = Closed({
  use: Type.String({ description: 'Component: scope/name' }),
  version: Type.Optional(Type.String({ description: 'Semver range; absent: any' })),
  from: Type.Optional(
    Type.String({
      description:
        '`workspace:` (this project), `folder:PATH` (relative to the manifest), `oci:HOST/REPOSITORY@sha256:DIGEST` (an ' +
        'image in a registry); absent: workspace:',
    }),
  ),
  mode: Type.Optional(OneOf(runModes, 'Absent: module')),
  driver: Type.Optional(
    Type.String({ description: "Name by which its driver is selected; absent: the component's own" }),
  ),
  required: Type.Optional(
    Type.Boolean({ description: 'false: the assembly starts without it when it fails. Absent: true' }),
  ),
  config: Type.Optional(Type.Record(Type.String(), Type.Unknown())),
})
export type ManifestEntry = Static<typeof ManifestEntry>

/** `moby.yaml`: which components make the engine. */
export const Manifest = Closed({
  assembly: Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', description: 'Name' }),
  version: Type.String({ description: 'Semantic version of the assembly' }),
  description: Type.Optional(Type.String()),
  components: Type.Record(Type.String({ pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' }), ManifestEntry, {
    additionalProperties: false,
  }),
})
export type Manifest = Static<typeof Manifest>
