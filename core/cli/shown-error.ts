/** An error that an engine has already put into the words of the terminal, with the places in files. */
export class ShownError extends Error {
  readonly shown: string

  constructor(shown: string) {
    super(shown)
    this.shown = shown
  }
}
