import { codedError, type ContractDefinition, type Implementation } from '@moby/contracts'
import type { Member } from '../lifecycle/member.ts'
import type { Handle, Reach } from './handle.ts'

type Method = (...args: unknown[]) => unknown

/**
 * The one provider of a contract for one component. It is found anew when the assembly has changed, so that an entry
 * with another name may take the place of one that was removed.
 */
export class OneProvider {
  readonly #contract: string
  readonly #others: () => readonly Member[]
  readonly #reach: Reach
  readonly #views = new WeakMap<ContractDefinition, unknown>()
  #found: { readonly handle: Handle; readonly member: Member } | undefined

  constructor(contract: string, others: () => readonly Member[], reach: Reach) {
    this.#contract = contract
    this.#others = others
    this.#reach = reach
  }

  get isThere(): boolean {
    return this.#find() !== undefined
  }

  as<C extends ContractDefinition>(contract: C): Implementation<C> {
    const known = this.#views.get(contract)
    if (known !== undefined) return known as Implementation<C>
    const view = Object.freeze(
      Object.fromEntries(
        Object.entries(contract.methods).map(([name, { output }]): [string, Method] => {
          const call: Method = (...args) => {
            const form = this.#handle().as(contract, this.#reach) as unknown as Readonly<Record<string, Method>>
            return form[name]?.(...args)
          }
          return [name, output === undefined ? async (...args) => await call(...args) : call]
        }),
      ),
    )
    this.#views.set(contract, view)
    return view as Implementation<C>
  }

  #handle(): Handle {
    const found = this.#find()
    if (found !== undefined) return found
    throw codedError('DRIVER_UNKNOWN', `The assembly has no ${this.#contract} any more`, {
      hint: 'it had one when this component was started',
      details: { contract: this.#contract },
    })
  }

  #find(): Handle | undefined {
    const others = this.#others()
    // The same as long as it is there: which one is chosen must not depend on who is away at the moment.
    if (this.#found !== undefined && others.includes(this.#found.member)) return this.#found.handle
    const provided = others.flatMap((member) =>
      member.handles.filter((handle) => handle.contract === this.#contract).map((handle) => ({ member, handle })),
    )
    // One that is away now counts if it can come back: its handle is connected again then.
    this.#found =
      provided.find(({ handle }) => !handle.isAway) ??
      provided.find(({ member }) => member.canComeBack) ??
      (this.#found === undefined ? undefined : provided[0])
    return this.#found?.handle
  }
}
