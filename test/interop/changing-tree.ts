import {
  chmodSync,
  closeSync,
  lchownSync,
  linkSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { makeNodeAt, openFlags, removeXattrAt, setTimesAt, setXattrAt, toByteString } from '@moby/lib-linux'

/** The root of a container, written to from outside: paths are relative to it, modes do not depend on the umask. */
export class ChangingTree {
  readonly #root: string

  constructor(root: string) {
    this.#root = root
  }

  file(path: string, content: string | Uint8Array = `${path}\n`, mode = 0o644): void {
    writeFileSync(this.#at(path), content)
    chmodSync(this.#at(path), mode)
  }

  /** A file of this size with nothing in it but a word at the end. */
  sparse(path: string, size: number): void {
    writeFileSync(this.#at(path), '')
    truncateSync(this.#at(path), size)
    writeFileSync(this.#at(path), 'end\n', { flag: 'a' })
  }

  append(path: string, content: string): void {
    writeFileSync(this.#at(path), content, { flag: 'a' })
  }

  folder(path: string, mode = 0o755): void {
    mkdirSync(this.#at(path), { recursive: true })
    chmodSync(this.#at(path), mode)
  }

  symlink(path: string, target: string): void {
    symlinkSync(target, this.#at(path))
  }

  hardLink(path: string, to: string): void {
    linkSync(this.#at(to), this.#at(path))
  }

  node(path: string, type: 'character' | 'block' | 'fifo' | 'socket', major = 0, minor = 0, mode = 0o640): void {
    this.#inParent(path, (folder, name) => makeNodeAt(folder, name, { type, mode, major, minor }))
    chmodSync(this.#at(path), mode)
  }

  /** A file whose name is these bytes, which need not be text. */
  fileOfBytes(folder: string, name: Buffer): void {
    writeFileSync(Buffer.concat([Buffer.from(`${this.#at(folder)}/`), name]), 'bytes\n')
  }

  mode(path: string, mode: number): void {
    chmodSync(this.#at(path), mode)
  }

  /** Also of a symbolic link itself. The kernel takes setuid and capabilities away. */
  owner(path: string, uid: number, gid: number): void {
    lchownSync(this.#at(path), uid, gid)
  }

  xattr(path: string, name: string, value: Uint8Array | string): void {
    this.#inParent(path, (folder, last) => setXattrAt(folder, last, name, Buffer.from(value)))
  }

  withoutXattr(path: string, name: string): void {
    this.#inParent(path, (folder, last) => removeXattrAt(folder, last, name))
  }

  /** Nanoseconds since 1970; also of a symbolic link itself. */
  time(path: string, modifiedAt: bigint): void {
    this.#inParent(path, (folder, name) => setTimesAt(folder, name, modifiedAt, modifiedAt))
  }

  rename(from: string, to: string): void {
    renameSync(this.#at(from), this.#at(to))
  }

  /** Removes a path and everything below. */
  remove(path: string): void {
    rmSync(this.#at(path), { recursive: true })
  }

  #at(path: string): string {
    return join(this.#root, path)
  }

  #inParent(path: string, work: (folder: number, name: string) => void): void {
    const folder = openSync(dirname(this.#at(path)), openFlags.O_RDONLY | openFlags.O_DIRECTORY)
    try {
      work(folder, toByteString(basename(path)))
    } finally {
      closeSync(folder)
    }
  }
}
