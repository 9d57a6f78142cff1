import { declareBackgroundFunction } from './binding.ts'

let trim: ((pad: number) => Promise<number>) | undefined

/**
 * Gives memory that was freed back to the system. glibc keeps what threads have freed in arenas of their own, more than
 * half of what a pull has used. Runs in the background, some milliseconds; does nothing where the C library has no
 * `malloc_trim` (musl).
 */
export async function returnFreedMemory(): Promise<void> {
  try {
    trim ??= declareBackgroundFunction<[number]>('int malloc_trim(size_t pad)')
  } catch {
    trim = async () => 0
  }
  await trim(0)
}
