import { builder, codedError, implement, type DriverSet, type Implementation } from '@moby/contracts'

/** The builder of the assembly. Without one, every call but those that only tell what there is fails with NOT_SUPPORTED. */
export function chooseBuilder(drivers: DriverSet<typeof builder>): Implementation<typeof builder> {
  const chosen = () => {
    const [first] = drivers.list()
    if (first !== undefined) return first.handle
    throw codedError('NOT_SUPPORTED', 'This assembly has no component that builds images', {
      hint: 'Add moby/builder-dockerfile to the assembly.',
    })
  }
  return implement(builder, {
    build: (spec, input, call) => chosen().build(spec, input, call),
    examine: (spec, call) => chosen().examine(spec, call),
    usage: async (request, call) =>
      drivers.list().length === 0 ? { entries: [] } : await chosen().usage(request, call),
    prune: async (request, call) =>
      drivers.list().length === 0 ? { removed: [], spaceReclaimed: '0' } : await chosen().prune(request, call),
  })
}
