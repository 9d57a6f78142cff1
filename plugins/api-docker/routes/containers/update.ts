import { adjustUpdate } from '../../compat/requests.ts'
import { UpdateConfig } from '../../schemas/resources.ts'
import { json, type Route } from '../../server/route.ts'
import { checkResources } from '../../translate/check-resources.ts'
import { toResourceUpdate } from '../../translate/resources.ts'
import { toRestartPolicy } from '../../translate/restart-policy.ts'
import { notImplemented } from '../../wire/api-error.ts'
import { containerRef } from './container-ref.ts'

export const updateContainer: Route = {
  method: 'POST',
  path: '/containers/{name}/update',
  async handle(request) {
    const given = adjustUpdate(request.version, (await request.json(UpdateConfig)) ?? {})
    checkResources(given, true)
    checkFixed(given)
    const restart = toRestartPolicy(given.RestartPolicy)
    const { warnings } = await request.engine.containers.update({
      ref: containerRef(request),
      resources: toResourceUpdate(given),
      ...(restart === undefined ? {} : { restart }),
    })
    return json({ Warnings: warnings.length === 0 ? null : warnings })
  },
}

/** What is part of Docker's Resources and settled when a container is created. */
function checkFixed(given: UpdateConfig): void {
  if (given.CgroupParent) throw notImplemented('updating CgroupParent')
  for (const key of ['Devices', 'DeviceCgroupRules', 'Ulimits'] as const) {
    if ((given[key]?.length ?? 0) > 0) throw notImplemented(`updating ${key}`)
  }
}
