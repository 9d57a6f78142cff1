// The order of these two matters: tsyringe refuses to load before the metadata API is there.
import 'reflect-metadata'
import { container, inject, injectable, type DependencyContainer } from 'tsyringe'

/** Stands for a value of a type in the container. Two tokens of one name are the same. */
export interface Token<T> {
  readonly key: symbol
  /** Never there; keeps tokens of different types apart for the compiler. */
  readonly type?: (value: T) => T
}

export function token<T>(name: string): Token<T> {
  return { key: Symbol.for(`moby.${name}`) }
}

/**
 * Declares which tokens a class takes through its constructor. The compiler checks each token against
 * its parameter; nothing depends on metadata that a compiler would have to emit.
 */
export function injected<P extends readonly unknown[], T>(
  target: new (...parameters: P) => T,
  ...tokens: { [K in keyof P]: Token<P[K]> }
): void {
  for (const [index, { key }] of (tokens as readonly Token<unknown>[]).entries()) {
    inject(key)(target, undefined, index)
  }
  injectable<T>()(target as unknown as new (...parameters: unknown[]) => T)
}

/**
 * What the kernel or one component may ask for. It hands out ready values synchronously; making, awaiting
 * and disposing them in order is the lifecycle's part.
 */
export class Container {
  readonly #inner: DependencyContainer

  constructor(inner: DependencyContainer = container.createChildContainer()) {
    this.#inner = inner
  }

  /** A container that sees everything of this one, while this one sees nothing of it. */
  child(): Container {
    return new Container(this.#inner.createChildContainer())
  }

  register<T>({ key }: Token<T>, value: T): this {
    this.#inner.registerInstance(key, value)
    return this
  }

  has({ key }: { readonly key: symbol }): boolean {
    return this.#inner.isRegistered(key)
  }

  get<T>({ key }: Token<T>): T {
    return this.#inner.resolve<T>(key)
  }

  /** Makes an object of a class that was declared by `injected`. */
  make<P extends readonly unknown[], T>(target: new (...parameters: P) => T): T {
    return this.#inner.resolve(target as unknown as new (...parameters: unknown[]) => T)
  }
}
