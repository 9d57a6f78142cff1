import type { Operations } from '../operation.ts'

/** By the ids of Docker's own document. */
const ids: Readonly<Record<string, string>> = {
  'GET /swarm': 'SwarmInspect',
  'GET /swarm/unlockkey': 'SwarmUnlockkey',
  'POST /swarm/init': 'SwarmInit',
  'POST /swarm/join': 'SwarmJoin',
  'POST /swarm/leave': 'SwarmLeave',
  'POST /swarm/update': 'SwarmUpdate',
  'POST /swarm/unlock': 'SwarmUnlock',
  'GET /nodes': 'NodeList',
  'GET /nodes/{id}': 'NodeInspect',
  'DELETE /nodes/{id}': 'NodeDelete',
  'POST /nodes/{id}/update': 'NodeUpdate',
  'GET /services': 'ServiceList',
  'POST /services/create': 'ServiceCreate',
  'GET /services/{id}': 'ServiceInspect',
  'DELETE /services/{id}': 'ServiceDelete',
  'POST /services/{id}/update': 'ServiceUpdate',
  'GET /services/{id}/logs': 'ServiceLogs',
  'GET /tasks': 'TaskList',
  'GET /tasks/{id}': 'TaskInspect',
  'GET /tasks/{id}/logs': 'TaskLogs',
  'GET /secrets': 'SecretList',
  'POST /secrets/create': 'SecretCreate',
  'GET /secrets/{id}': 'SecretInspect',
  'DELETE /secrets/{id}': 'SecretDelete',
  'POST /secrets/{id}/update': 'SecretUpdate',
  'GET /configs': 'ConfigList',
  'POST /configs/create': 'ConfigCreate',
  'GET /configs/{id}': 'ConfigInspect',
  'DELETE /configs/{id}': 'ConfigDelete',
  'POST /configs/{id}/update': 'ConfigUpdate',
}

export const swarmOperations: Operations = Object.fromEntries(
  Object.entries(ids).map(([key, id]) => [
    key,
    {
      id,
      summary: 'Refused: this engine is not part of a swarm',
      ...(key.endsWith('/logs')
        ? {
            query: {
              stdout: { schema: { type: 'boolean' }, description: 'Output' },
              stderr: { schema: { type: 'boolean' }, description: 'Errors' },
            },
          }
        : {}),
      answers: {},
    },
  ]),
)
