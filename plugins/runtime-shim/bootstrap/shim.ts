import { codedError } from '@moby/contracts'
import { TtrpcClient } from '@moby/lib-ttrpc'
import { taskServices, type TaskService } from '../protocol/task-service.ts'
import type { ShimAddress } from './start-reply.ts'

/** Where a shim is found again after a restart. */
export interface ShimPlace {
  /** The id it was started with. */
  readonly id: string
  /** Its working folder. */
  readonly folder: string
  readonly address: ShimAddress
}

/** A running shim and the one connection to it. */
export class Shim {
  readonly place: ShimPlace
  readonly client: TtrpcClient
  readonly service: TaskService
  /** Containers that it has had. */
  uses = 0

  private constructor(place: ShimPlace, client: TtrpcClient) {
    this.place = place
    this.client = client
    this.service = taskServices[place.address.service]
  }

  /** Fails with RPC_CONNECTION_LOST. */
  static async connect(place: ShimPlace | undefined): Promise<Shim> {
    if (place === undefined) throw codedError('RPC_CONNECTION_LOST', 'The shim has not told its address')
    return new Shim(place, await TtrpcClient.connect(place.address.path))
  }
}
