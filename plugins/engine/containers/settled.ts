import type { ContainerContext } from './container-context.ts'

/** Id of a container, once it is known what became of it while the engine was away. */
export async function settled(context: Pick<ContainerContext, 'store' | 'lives'>, ref: string): Promise<string> {
  const { id } = context.store.find(ref)
  await context.lives.of(id).settled
  return id
}
