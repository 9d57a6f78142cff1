import type { BuildSpec } from '@moby/contracts'
import type { ApiRequest } from '../../server/route.ts'
import { readPlatform } from '../../translate/platform.ts'
import { invalidRequest } from '../../wire/api-error.ts'
import { decoder, fields, integer, list, map, text, textMap, texts, type Decoder } from '../../wire/decode.ts'
import { parseJson } from '../../wire/parse-json.ts'
import { registriesOf } from './registries.ts'

/** Reads the query of `POST /build` (1.24 to 1.51). Fails with API_REQUEST_INVALID. */
export function buildSpec({ query, headers }: Pick<ApiRequest, 'query' | 'headers'>): BuildSpec {
  if (query.all('securityopt').some((option) => option !== '')) {
    throw invalidRequest('security options are not supported on linux')
  }
  const args = decode(query.text('buildargs'), 'buildargs', nullableTexts) ?? {}
  const platform = readPlatform(query.text('platform'))
  return {
    dockerfile: query.maybe('dockerfile') ?? 'Dockerfile',
    ...given('remote', query.maybe('remote')),
    tags: query.all('t').filter((tag) => tag !== ''),
    ...given('target', query.maybe('target')),
    ...given('platform', platform),
    args,
    labels: decode(query.text('labels'), 'labels', textMap) ?? {},
    noCache: query.bool('nocache'),
    pull: query.bool('pull'),
    removeIntermediate: query.bool('forcerm') || query.text('rm') === '' || query.bool('rm'),
    forceRemove: query.bool('forcerm'),
    squash: query.bool('squash'),
    ...given('network', query.maybe('networkmode')),
    extraHosts: query.all('extrahosts').filter((host) => host !== ''),
    cacheFrom: decode(query.text('cachefrom'), 'cachefrom', texts) ?? [],
    limits: limitsOf(query),
    securityOptions: [],
    ...given('isolation', query.maybe('isolation')),
    registries: registriesOf(headers['x-registry-config']),
  }
}

/** Where the result of a build is to go, if not into the images; for BuildKit alone. Fails with API_REQUEST_INVALID. */
export function buildOutputs({
  query,
}: Pick<ApiRequest, 'query'>): { type: string; attributes: Record<string, string> }[] {
  const outputs = decode(query.text('outputs'), 'outputs', list(fields({ Type: text, Attrs: textMap }))) ?? []
  return outputs.map(({ Type: type = '', Attrs: attributes = {} }) => ({ type, attributes }))
}

/** Null is for `--build-arg NAME` where the environment of the client has no such variable. */
const nullableTexts = map(
  decoder<string | null>({ type: ['string', 'null'] }, (entry, at) => (entry === null ? null : text(entry, at))),
  null,
)

const ulimits = list(fields({ Name: text, Soft: integer, Hard: integer }))

function limitsOf(query: ApiRequest['query']): BuildSpec['limits'] {
  const limits = decode(query.text('ulimits'), 'ulimits', ulimits)
  return {
    ...given('memory', bytes(query, 'memory')),
    ...given('memorySwap', bytes(query, 'memswap')),
    ...given('cpuShares', query.integer('cpushares')),
    ...given('cpuPeriod', query.integer('cpuperiod')),
    ...given('cpuQuota', query.integer('cpuquota')),
    ...given('cpusetCpus', query.maybe('cpusetcpus')),
    ...given('cpusetMems', query.maybe('cpusetmems')),
    ...given('cgroupParent', query.maybe('cgroupparent')),
    ...given('shmSize', bytes(query, 'shmsize')),
    ...given(
      'ulimits',
      limits?.map(({ Name = '', Soft = 0, Hard = 0 }) => ({ name: Name, soft: Soft, hard: Hard })),
    ),
  }
}

function bytes(query: ApiRequest['query'], key: string): string | undefined {
  const value = query.integer(key)
  return value === undefined || value === 0 ? undefined : String(value)
}

function decode<T>(json: string, key: string, decoder: Decoder<T>): T | undefined {
  if (json === '') return undefined
  try {
    return decoder(parseJson(json), key)
  } catch (error) {
    throw invalidRequest(`error reading ${key}: ${error instanceof Error ? error.message : String(error)}`, error)
  }
}

function given<K extends string, T>(key: K, value: T | undefined): { readonly [P in K]?: T } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: T }
}
