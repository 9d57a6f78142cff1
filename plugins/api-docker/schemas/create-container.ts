import { decoder, fields, type Decoded } from '../wire/decode.ts'
import { Config } from './config.ts'
import { HostConfig } from './host-config.ts'
import { NetworkingConfig } from './networking.ts'

const Around = fields({ HostConfig, NetworkingConfig })

export interface CreateContainer {
  readonly config: Config
  readonly hostConfig: HostConfig
  readonly networking: NetworkingConfig
}

/** Body of POST /containers/create: Config with HostConfig and NetworkingConfig among its keys. */
export const CreateContainer = decoder<CreateContainer>({ allOf: [Config.schema, Around.schema] }, (value, path) => {
  const around: Decoded<typeof Around> | undefined = Around(value, path)
  const config = Config(value, path)
  if (around === undefined || config === undefined) return undefined
  return { config, hostConfig: around.HostConfig ?? {}, networking: around.NetworkingConfig ?? {} }
})
