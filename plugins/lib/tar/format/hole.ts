/** A run of zeros in the content of a sparse file, which the archive does not hold. */
export class Hole {
  /** Bytes, never 0. */
  readonly length: number

  constructor(length: number) {
    this.length = length
  }
}
