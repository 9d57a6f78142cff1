/**
 * Runs a container in a mount namespace that holds its root file system: the image below, and what is written in
 * memory above; or the folder of the image itself. When the container ends the namespace ends, and no mount was ever to
 * be seen on the host.
 *
 * Arguments: folder of the bundle; mount point that it lies on; mode of the root folder; options of the memory, or `own`
 * for a root that is written to; `hide` to hide the v2 hierarchy of cgroups; then the command of the runtime.
 *
 * Mounts of the host may be shared with the ones here, because the component may have been granted that; so what is
 * changed here is cut off first. `lower` is a link, because the path of an image may hold what overlay takes for the
 * end of an option.
 */
export const keeperScript = `set -e
cd "$1"
mount --make-private "$2"
if [ "$4" = own ]; then
  mount --bind lower rootfs
  mount --make-private rootfs
else
  mount -t tmpfs -o "$4" scratch scratch
  mkdir scratch/work
  mkdir -m "$3" scratch/upper
  mount -t overlay -o lowerdir=lower,upperdir=scratch/upper,workdir=scratch/work overlay rootfs
fi
if [ "$5" = hide ]; then
  mount --make-private /sys/fs/cgroup
  umount /sys/fs/cgroup/unified
fi
shift 5
exec "$@"
`
