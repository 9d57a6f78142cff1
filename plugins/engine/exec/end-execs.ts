import type { ContainerContext } from '../containers/container-context.ts'

/** Ends what is known of the execs of a run: their processes died with the container. */
export function endExecs(context: ContainerContext, containerId: string): void {
  const { execs } = context.lives.of(containerId)
  for (const exec of execs.values()) {
    if (exec.status === 'created') execs.delete(exec.id)
  }
}
