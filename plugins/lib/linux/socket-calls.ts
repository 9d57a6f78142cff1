import { declareFunction } from './binding.ts'

// socket(2), bind(2) and setsockopt(2), for what Node's own sockets cannot be: of other families, or in other namespaces.

export const socket = declareFunction<(family: number, type: number, protocol: number) => number>(
  'int socket(int family, int type, int protocol)',
)

export const bind = declareFunction<(descriptor: number, address: Uint8Array, length: number) => number>(
  'int bind(int descriptor, const void *address, uint32_t length)',
)

export const setsockopt = declareFunction<
  (descriptor: number, level: number, option: number, value: Int32Array, length: number) => number
>('int setsockopt(int descriptor, int level, int option, const void *value, uint32_t length)')
