import { beforeAll, expect, it } from 'vitest'
import { ListWorkersResponse } from '../../../plugins/api-docker/build-service/messages/control-messages.ts'
import { openControl, openSession } from '../../peers/buildkit-client.ts'
import { callGrpc } from '../../peers/grpc.ts'
import type { EngineProcess } from '../engine-process.ts'
import type { SharedEngine } from '../shared-engine.ts'
import { Wire } from './wire.ts'

/** What clients ask before they build: an engine that promises BuildKit must answer its protocol on both paths. */
export function proveBuilders(shared: SharedEngine): void {
  let engine: EngineProcess

  beforeAll(async () => {
    engine = shared.engine
  })

  it('T25 the ping names BuildKit', async () => {
    const wire = new Wire(engine.socket)
    wire.send('HEAD', '/_ping')
    expect((await wire.head()).toLowerCase()).toContain('\r\nbuilder-version: 2\r\n')
    wire.destroy()
  })

  it('T25 a session is taken', async () => {
    const session = await openSession(engine.socket, { 'x-docker-expose-session-uuid': 'one' })
    expect(session.destroyed).toBe(false)
    session.destroy()
  })

  it('T25 a call of BuildKit is answered by a worker that keeps images in the engine', async () => {
    const session = await openControl(engine.socket)
    const { status, messages } = await callGrpc(session, '/moby.buildkit.v1.Control/ListWorkers', [new Uint8Array()])
    expect(status).toBe('0')
    const [worker] = ListWorkersResponse.decode(messages[0] ?? new Uint8Array()).records
    expect(worker?.platforms[0]?.os).toBe('linux')
    expect(Object.keys(worker?.labels ?? {})).not.toContain('org.mobyproject.buildkit.worker.snapshotter')
    session.destroy()
  })
}
