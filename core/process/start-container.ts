import { realpath } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import process from 'node:process'
import { codedError, contextVariable, type componentLauncher, type Implementation } from '@moby/contracts'
import { withDeadline } from '../lifecycle/deadline.ts'
import type { Member } from '../lifecycle/member.ts'
import { ContainedProcess } from './contained-process.ts'
import { hostImage, type ContainerImage } from './host-image.ts'
import { ProcessOutput } from './process-output.ts'
import { environmentOf } from './program.ts'
import type { ProcessStarter } from './started-process.ts'

/** Variables that are the image's affair, not the host's. */
const ofTheImage = ['PATH', 'HOME']

/**
 * Starts the process of a component in a container, through the launcher of the assembly: its image, its own folders at
 * the same paths, and what the lock says that it was granted.
 */
export function startContainer(findLauncher: () => Implementation<typeof componentLauncher>): ProcessStarter {
  return async ({ member, surroundings: { context, startDeadlineMs }, files }) => {
    const launcher = findLauncher()
    const { folder, command, environment, user, workingDirectory, mounts } = await imageOf(
      member,
      context.instance.runRoot,
    )
    // The files of a second life lie deeper, and are given to the user of the container only as a folder of their own.
    const folders = new Set([context.folders.data, context.folders.run, dirname(files.context)])
    const inherited = Object.entries(environmentOf(process.env, {})).filter(([name]) => !ofTheImage.includes(name))
    const grants = member.locked.grants ?? {}
    const launched = launcher.launch({
      name: member.name,
      image: folder,
      ...(command === undefined ? {} : { command: [...command] }),
      environment: { ...Object.fromEntries(inherited), ...environment, [contextVariable]: files.context },
      ...(user === undefined ? {} : { user }),
      ...(workingDirectory === undefined ? {} : { workingDirectory }),
      folders: [...folders],
      grants: mounts.length === 0 ? grants : { ...grants, mounts: [...mounts, ...(grants.mounts ?? [])] },
    })
    const { id } = await withDeadline(launched, startDeadlineMs, `The launch of ${member.title}`, (late) => {
      launcher.remove({ id: late.id }).catch(() => undefined)
    })
    return new ContainedProcess({
      id,
      launcher,
      log: context.log,
      output: new ProcessOutput(member.title, context.log),
    })
  }
}

async function imageOf(member: Member, runRoot: string): Promise<ContainerImage> {
  const { folder, environment = {}, command, user, workingDirectory } = member.descriptor.image ?? {}
  if (folder === undefined) return hostImage(member, runRoot)
  return { folder: await imageFolder(member, folder), environment, command, user, workingDirectory, mounts: [] }
}

/** The folder of the image in the payload, and nowhere else. */
async function imageFolder({ folder, title }: Member, image: string): Promise<string> {
  const wanted = join(folder, image)
  const [real, home] = await Promise.all([realpath(wanted).catch(() => undefined), realpath(folder)])
  if (real !== undefined && (real === home || real.startsWith(home + sep))) return real
  const why = real === undefined ? 'does not exist' : 'lies outside the folder of the component'
  throw codedError('COMPONENT_FAILED', `The image ${wanted} of ${title} ${why}`, {
    hint: `correct \`image\` in ${join(folder, 'component.yaml')}`,
  })
}
