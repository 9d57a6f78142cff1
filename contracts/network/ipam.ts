import { Type } from 'typebox'
import { defineContract, shortAnswer } from '../component/contract.ts'
import { Closed, Maybe, Nothing, Open, StringMap } from '../component/schemas.ts'

const Cidr = Type.String({ description: 'Address with prefix length' })
const PoolId = Type.String({ minLength: 1 })

/** Address management. Docker's IpamDriver protocol maps onto it method by method. */
export const networkIpam = defineContract({
  id: 'network.ipam',
  version: '0.1.0',
  doc: 'Pools of addresses for networks.',
  overlap: 'exclusive',
  overlapWhy: 'Two lives with books of their own would give the same address twice.',
  selection: 'driver',
  methods: {
    capabilities: {
      doc: 'What the driver needs with each request.',
      request: Nothing,
      response: Open({ requiresMacAddress: Type.Boolean(), requiresRequestReplay: Type.Boolean() }),
      errors: [],
      deadlineMs: 5_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    defaultAddressSpaces: {
      doc: 'Names of the spaces within which pools may not overlap; pools of different spaces have nothing to do with each other.',
      request: Nothing,
      response: Open({ local: Type.String(), global: Type.String() }),
      errors: [],
      deadlineMs: 5_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    requestPool: {
      doc: 'Reserves a pool: the one asked for, or a free one that overlaps neither another pool nor `avoid`; POOLS_EXHAUSTED when there is none. POOL_INVALID: a text that is no prefix or has host bits, a prefix of the other family than `v6` says, an unknown address space, a `subPool` that is no part of a `pool` that was asked for.',
      request: Closed({
        addressSpace: Type.String(),
        pool: Maybe(Cidr),
        subPool: Maybe(
          Type.String({ description: 'Addresses that nobody asks for are taken from this part of the pool' }),
        ),
        options: StringMap('User options, `--ipam-opt`'),
        v6: Type.Boolean(),
        avoid: Maybe(
          Type.Array(Cidr, {
            description: 'Prefixes of both families that the host routes already; may have host bits',
          }),
        ),
      }),
      response: Open({ poolId: PoolId, pool: Cidr, data: StringMap('Told to the network driver') }),
      errors: ['POOL_INVALID', 'POOL_OVERLAPS', 'POOLS_EXHAUSTED'],
      deadlineMs: 60_000,
      idempotent: false,
      maxAnswerBytes: shortAnswer,
    },
    releasePool: {
      doc: 'Gives a pool back with all its addresses. An unknown one is success.',
      request: Closed({ poolId: PoolId }),
      response: Open({}),
      errors: [],
      deadlineMs: 60_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
    requestAddress: {
      doc: 'Reserves an address: the one asked for or a free one; never network, broadcast or one in use (ADDRESS_IN_USE when it was asked for). IPv6 has no broadcast address, and pools of one or two addresses have neither. The answer has the prefix length of the pool.',
      request: Closed({
        poolId: PoolId,
        address: Maybe(Type.String({ description: 'Without prefix length; anywhere in the pool' })),
        options: StringMap('Docker keys: RequestAddressType, com.docker.network.endpoint.macaddress'),
      }),
      response: Open({ address: Cidr, data: StringMap('Told to the network driver') }),
      errors: ['POOL_NOT_FOUND', 'ADDRESS_INVALID', 'ADDRESS_IN_USE', 'ADDRESS_OUTSIDE_POOL', 'ADDRESSES_EXHAUSTED'],
      deadlineMs: 60_000,
      idempotent: false,
      maxAnswerBytes: shortAnswer,
    },
    releaseAddress: {
      doc: 'Gives an address back, however it is written. One that is not reserved is success.',
      request: Closed({ poolId: PoolId, address: Type.String({ description: 'Without prefix length' }) }),
      response: Open({}),
      errors: [],
      deadlineMs: 60_000,
      idempotent: true,
      maxAnswerBytes: shortAnswer,
    },
  },
})
