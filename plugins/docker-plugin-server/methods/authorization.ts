import { hasCode, type authAuthorize, type Implementation, type RequestOf } from '@moby/contracts'
import { AuthorizationRequest } from '@moby/lib-docker-plugin-protocol'
import { operationOf } from '../operations/operation-of.ts'
import { method, type ServedMethods } from './method.ts'

type Asked = ReturnType<typeof AuthorizationRequest>

/**
 * `AuthZPlugin.*` in front of an authorization driver. The engine of Docker has no parsed operation, so the driver
 * gets the one that the request asks for, as far as its path tells, and the request itself.
 */
export function authorizationMethods(driver: Implementation<typeof authAuthorize>): ServedMethods {
  return {
    'AuthZPlugin.AuthZReq': method(AuthorizationRequest, async (asked, signal) => {
      return decisionOf(await driver.authorize(toRequest(asked), { signal }))
    }),
    'AuthZPlugin.AuthZRes': method(AuthorizationRequest, async (asked, signal) => {
      try {
        const answer = {
          status: asked.ResponseStatusCode,
          headers: lowerCase(asked.ResponseHeaders),
          ...(asked.ResponseBody.length === 0 ? {} : { body: asked.ResponseBody }),
        }
        return decisionOf(await driver.authorizeResponse({ ...toRequest(asked), ...answer }, { signal }))
      } catch (error) {
        // A driver that does not look at answers lets them pass; every other failure denies.
        if (hasCode(error, 'NOT_SUPPORTED')) return { Allow: true }
        throw error
      }
    }),
  }
}

function toRequest(asked: Asked): RequestOf<typeof authAuthorize, 'authorize'> {
  const { User, UserAuthNMethod, RequestMethod, RequestUri, RequestBody, RequestPeerCertificates } = asked
  return {
    // On its Unix socket the engine of Docker tells nobody: the caller has no name then.
    principal: { name: User, method: UserAuthNMethod === '' ? 'none' : UserAuthNMethod.toLowerCase(), groups: [] },
    operation: operationOf(RequestMethod, RequestUri, RequestBody),
    http: {
      method: RequestMethod,
      uri: RequestUri,
      headers: lowerCase(asked.RequestHeaders),
      ...(RequestBody.length === 0 ? {} : { body: RequestBody }),
      ...(RequestPeerCertificates.length === 0
        ? {}
        : { certificates: RequestPeerCertificates.map((each) => Buffer.from(each, 'base64').toString('utf8')) }),
    },
  }
}

function decisionOf({ allow, message = '' }: { allow: boolean; message?: string }): object {
  return { Allow: allow, ...(message === '' ? {} : { Msg: message }) }
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}
