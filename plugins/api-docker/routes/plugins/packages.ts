import { isCodedError, type PluginPrivilege, type Progress } from '@moby/contracts'
import { empty, json, type Answer, type Route } from '../../server/route.ts'
import { readRegistryAuth } from '../../translate/registry-auth.ts'
import { Privileges } from '../../schemas/plugin.ts'
import { answerAsDocker } from '../images/registry-errors.ts'
import { progressShape } from '../images/progress.ts'
import { progressAnswer } from '../progress-answer.ts'

export const pluginPrivileges: Route = {
  method: 'GET',
  path: '/plugins/privileges',
  async handle({ query, engine, headers, signal, log }) {
    const credentials = readRegistryAuth(headers['x-registry-auth'])
    const request = { reference: query.text('remote'), ...(credentials === undefined ? {} : { credentials }) }
    try {
      const { privileges } = await engine.plugins.privileges(request, { signal })
      const shapes = privileges.map(({ name, description, value }) => ({
        Name: name,
        Description: description,
        Value: value,
      }))
      return json(shapes.length === 0 ? null : shapes)
    } catch (error) {
      // What a registry does not tell is nothing, as in Docker: the pull that clients go on with says why, and it takes
      // no plugin that wants more than was told here.
      if (!isCodedError(error) || !error.code.startsWith('REGISTRY_')) throw error
      log.warn('the privileges of a plugin could not be read', { plugin: request.reference, reason: error.message })
      return json([])
    }
  },
}

export const pullPlugin: Route = {
  method: 'POST',
  path: '/plugins/pull',
  async handle({ query, json: body, engine, headers, signal }) {
    const name = query.maybe('name')
    const credentials = readRegistryAuth(headers['x-registry-auth'])
    const request = {
      reference: query.text('remote'),
      ...(name === undefined ? {} : { name }),
      privileges: toPrivileges(await body(Privileges)),
      ...(credentials === undefined ? {} : { credentials }),
    }
    return await answerAsDocker(() => namedAnswer(engine.plugins.pull(request, { signal })))
  },
}

export const upgradePlugin: Route = {
  method: 'POST',
  path: '/plugins/{name}/upgrade',
  async handle({ vars, query, json: body, engine, headers, signal }) {
    const credentials = readRegistryAuth(headers['x-registry-auth'])
    const request = {
      ref: vars['name'] ?? '',
      reference: query.text('remote'),
      privileges: toPrivileges(await body(Privileges)),
      ...(credentials === undefined ? {} : { credentials }),
    }
    return await answerAsDocker(() => namedAnswer(engine.plugins.upgrade(request, { signal })))
  },
}

export const pushPlugin: Route = {
  method: 'POST',
  path: '/plugins/{name}/push',
  async handle({ vars, engine, headers, signal }) {
    const credentials = readRegistryAuth(headers['x-registry-auth'])
    const request = { ref: vars['name'] ?? '', ...(credentials === undefined ? {} : { credentials }) }
    return await answerAsDocker(() => progressAnswer(engine.plugins.push(request, { signal }), progressShape))
  },
}

export const createPlugin: Route = {
  method: 'POST',
  path: '/plugins/create',
  async handle({ query, body, engine, signal }) {
    await engine.plugins.create({ name: query.text('name') }, body, { signal })
    return empty(204)
  },
}

/** The name that the plugin gets stands in a header: clients enable it under that. */
async function namedAnswer(items: AsyncIterable<Progress & { readonly name?: string }>): Promise<Answer> {
  const iterator = items[Symbol.asyncIterator]()
  const first = await iterator.next()
  const name = first.done === true ? '' : (first.value.name ?? '')
  const rest = { [Symbol.asyncIterator]: () => iterator }
  const answer = await progressAnswer(rest, progressShape)
  return answer.kind === 'stream' ? { ...answer, headers: { ...answer.headers, 'docker-plugin-name': name } } : answer
}

function toPrivileges(
  given: { Name?: string; Description?: string; Value?: string[] }[] | undefined,
): PluginPrivilege[] {
  return (given ?? []).map(({ Name = '', Description = '', Value = [] }) => ({
    name: Name,
    description: Description,
    value: Value,
  }))
}
