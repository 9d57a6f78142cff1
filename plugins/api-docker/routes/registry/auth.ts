import { json, type Route } from '../../server/route.ts'
import { AuthConfig, toCredentials } from '../../translate/registry-auth.ts'
import { answerAsDocker } from '../images/registry-errors.ts'

/** `docker login`: the client keeps what it sent, or the token in place of the password. */
export const authenticate: Route = {
  method: 'POST',
  path: '/auth',
  secretBody: true,
  async handle(request) {
    const config = (await request.json(AuthConfig)) ?? {}
    const server = config.serveraddress
    return await answerAsDocker(
      async () => {
        const { identityToken = '' } = await request.engine.distribution.login(
          {
            ...(server === undefined || server === '' ? {} : { server }),
            credentials: toCredentials(config) ?? {},
          },
          { signal: request.signal },
        )
        return json({ IdentityToken: identityToken, Status: 'Login Succeeded' })
      },
      { unauthorized: 401 },
    )
  },
}
