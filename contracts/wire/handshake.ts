import { Type, type Static } from 'typebox'
import { Open } from '../component/schemas.ts'
import { codedError } from '../errors/index.ts'

/** A contract in a version. */
export interface ContractVersion {
  readonly contract: string
  readonly version: string
}

/**
 * Answer to `POST /Plugin.Activate`. `Implements` is Docker's part (names of its own plugin protocols, none
 * for a component that speaks contracts alone); the rest tells who answers and what it serves.
 */
export const Handshake = Open({
  Implements: Type.Array(Type.String()),
  component: Type.String({ description: 'scope/name' }),
  version: Type.String({ description: 'Version of the component' }),
  contracts: Type.Array(Open({ contract: Type.String(), version: Type.String() })),
})
export type Handshake = Static<typeof Handshake>

/**
 * Whether a driver of contract version `offered` can be called by code written against `wanted`: not older,
 * and the same major version, or the same minor version below 1.0.
 */
export function isCompatible(offered: string, wanted: string): boolean {
  const have = numbersOf(offered)
  const want = numbersOf(wanted)
  if (have === undefined || want === undefined || have[0] !== want[0]) return false
  if (have[0] === 0 && have[1] !== want[1]) return false
  return have[1] > want[1] || (have[1] === want[1] && have[2] >= want[2])
}

/**
 * Checks that a peer is the component that the lock names and serves these contracts.
 * Fails with WIRE_PEER_UNEXPECTED or WIRE_VERSION_MISMATCH.
 */
export function agree(
  handshake: Handshake,
  expected: { readonly component: string; readonly version: string; readonly contracts: readonly ContractVersion[] },
): void {
  if (handshake.component !== expected.component || handshake.version !== expected.version) {
    throw codedError(
      'WIRE_PEER_UNEXPECTED',
      `the peer is ${handshake.component}@${handshake.version}, not ${expected.component}@${expected.version}`,
      { hint: 'Run `moby lock`, or start the version that the lock names.' },
    )
  }
  for (const { contract, version } of expected.contracts) {
    const offered = handshake.contracts.filter((each) => each.contract === contract).map((each) => each.version)
    if (offered.some((each) => isCompatible(each, version))) continue
    throw codedError(
      'WIRE_VERSION_MISMATCH',
      `${handshake.component} serves ${contract} ${offered.join(', ') || 'not at all'}, ${version} is needed`,
      { details: { contract, offered, wanted: version } },
    )
  }
}

function numbersOf(version: string): [number, number, number] | undefined {
  const match = /^(\d+)\.(\d+)\.(\d+)$/.exec(version)
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])]
}
