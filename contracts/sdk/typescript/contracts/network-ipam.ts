// Written from the contract by `npm run docs`; not to be edited.

import type { Call } from '../component.ts'

export interface CapabilitiesResponse {
  readonly requiresMacAddress: boolean
  readonly requiresRequestReplay: boolean
}

export interface DefaultAddressSpacesResponse {
  readonly local: string
  readonly global: string
}

export interface RequestPoolRequest {
  readonly addressSpace: string
  /** Address with prefix length */
  readonly pool?: string | undefined
  /** Addresses that nobody asks for are taken from this part of the pool */
  readonly subPool?: string | undefined
  /** User options, `--ipam-opt` */
  readonly options: Readonly<Record<string, string>>
  readonly v6: boolean
  /** Prefixes of both families that the host routes already; may have host bits */
  readonly avoid?: readonly string[] | undefined
}

export interface RequestPoolResponse {
  readonly poolId: string
  /** Address with prefix length */
  readonly pool: string
  /** Told to the network driver */
  readonly data: Readonly<Record<string, string>>
}

export interface ReleasePoolRequest {
  readonly poolId: string
}

export interface RequestAddressRequest {
  readonly poolId: string
  /** Without prefix length; anywhere in the pool */
  readonly address?: string | undefined
  /** Docker keys: RequestAddressType, com.docker.network.endpoint.macaddress */
  readonly options: Readonly<Record<string, string>>
}

export interface RequestAddressResponse {
  /** Address with prefix length */
  readonly address: string
  /** Told to the network driver */
  readonly data: Readonly<Record<string, string>>
}

export interface ReleaseAddressRequest {
  readonly poolId: string
  /** Without prefix length */
  readonly address: string
}

/** network.ipam 0.1.0: Pools of addresses for networks. */
export interface Driver {
  /** What the driver needs with each request. */
  capabilities(request: Record<string, never>, call?: Call): Promise<CapabilitiesResponse>

  /** Names of the spaces within which pools may not overlap; pools of different spaces have nothing to do with each other. */
  defaultAddressSpaces(request: Record<string, never>, call?: Call): Promise<DefaultAddressSpacesResponse>

  /** Reserves a pool: the one asked for, or a free one that overlaps neither another pool nor `avoid`; POOLS_EXHAUSTED when there is none. POOL_INVALID: a text that is no prefix or has host bits, a prefix of the other family than `v6` says, an unknown address space, a `subPool` that is no part of a `pool` that was asked for. Errors: POOL_INVALID, POOL_OVERLAPS, POOLS_EXHAUSTED. */
  requestPool(request: RequestPoolRequest, call?: Call): Promise<RequestPoolResponse>

  /** Gives a pool back with all its addresses. An unknown one is success. */
  releasePool(request: ReleasePoolRequest, call?: Call): Promise<Record<string, never>>

  /** Reserves an address: the one asked for or a free one; never network, broadcast or one in use (ADDRESS_IN_USE when it was asked for). IPv6 has no broadcast address, and pools of one or two addresses have neither. The answer has the prefix length of the pool. Errors: POOL_NOT_FOUND, ADDRESS_INVALID, ADDRESS_IN_USE, ADDRESS_OUTSIDE_POOL, ADDRESSES_EXHAUSTED. */
  requestAddress(request: RequestAddressRequest, call?: Call): Promise<RequestAddressResponse>

  /** Gives an address back, however it is written. One that is not reserved is success. */
  releaseAddress(request: ReleaseAddressRequest, call?: Call): Promise<Record<string, never>>
}
