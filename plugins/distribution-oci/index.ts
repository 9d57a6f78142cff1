import { defineComponent, implement, imageSource } from '@moby/contracts'
import { RegistryClient } from '@moby/registry/client'
import { settingsOf, type Config } from './config.ts'
import { readSize } from './read-size.ts'

/** The image source `oci`: registries over HTTP. */
export default defineComponent<Config>({
  async create({ component, config, log }) {
    let client = new RegistryClient(settingsOf(config, component.version, log))
    // Those of earlier configurations finish what they have begun.
    const earlier: RegistryClient[] = []
    return {
      provides: {
        'image.source': implement(imageSource, {
          async manifest(request, call) {
            const { size, ...manifest } = await client.manifest(request, call)
            return { ...manifest, size: String(size) }
          },
          async head(request, call) {
            const { size, ...descriptor } = await client.head(request, call)
            return { ...descriptor, size: String(size) }
          },
          blob({ size, offset, ...request }, call) {
            const numbers = { size: readSize(size), offset: readSize(offset ?? '0') }
            return client.blob({ ...request, ...numbers }, call)
          },
          offer: (request, call) => client.offer(request, call),
          async upload({ size, ...request }, input, call) {
            await client.upload({ ...request, size: readSize(size) }, input, call)
            return {}
          },
          async putManifest(request, call) {
            return { digest: await client.putManifest(request, call) }
          },
          async *tags(request, call) {
            for await (const tag of client.tags(request, call)) yield { tag }
          },
          async *referrers(request, call) {
            for await (const { size, ...referrer } of client.referrers(request, call)) {
              yield { ...referrer, size: String(size) }
            }
          },
          login: (request, call) => client.login(request, call),
          async search(request, call) {
            return { results: await client.search(request, call) }
          },
        }),
      },
      reconfigure: async (next) => {
        const other = new RegistryClient(settingsOf(next as unknown as Config, component.version, log))
        return () => {
          earlier.push(client)
          client = other
        }
      },
      stop: async () => {
        await Promise.all([...earlier, client].map((each) => each.close()))
      },
    }
  },
})
