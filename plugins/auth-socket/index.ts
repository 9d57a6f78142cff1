import { authAuthenticate, defineComponent } from '@moby/contracts'
import { socketAuthentication } from './socket-authentication.ts'

export default defineComponent<{ readonly group: string }>({
  async create({ config, log }) {
    return { provides: { [authAuthenticate.id]: socketAuthentication({ group: config.group, log }) } }
  },
})
