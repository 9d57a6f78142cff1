// Written from the contract by `npm run docs`; not to be edited.

import type { Call } from '../component.ts'

export interface DegradedRequest {
  readonly reason?: string | undefined
}

export interface OfferRequest {
  readonly contract: string
  /** Name by which users select it */
  readonly driver: string
}

export interface WithdrawRequest {
  readonly contract: string
  /** Name by which users select it */
  readonly driver: string
  readonly reason: string
}

/** component.kernel 0.1.0: What a component in a process of its own can tell the kernel. */
export interface Driver {
  /** Tells that the component works with restrictions, or works again (without reason). */
  degraded(request: DegradedRequest, call?: Call): Promise<Record<string, never>>

  /** Makes a driver known that the component found while it runs, of a contract that its descriptor provides with `dynamic: true`. Calls of it come to the socket of the component with its name in the header x-moby-driver. What a component offers before it answers its first handshake is there when others start. Offers end with the process; until it has offered them again its drivers are away. Errors: DRIVER_NAME_TAKEN, COMPONENT_FAILED. */
  offer(request: OfferRequest, call?: Call): Promise<Record<string, never>>

  /** Takes a driver back that it offered. Whoever still holds it gets DRIVER_AWAY with the reason. */
  withdraw(request: WithdrawRequest, call?: Call): Promise<Record<string, never>>
}
