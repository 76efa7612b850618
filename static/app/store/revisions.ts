/** Which of a database's changes a tab has taken in, so that it notices one it was never told of. Numbers only. */
export class Revisions {
  #upTo = 0;
  readonly #later = new Set<number>();

  /** Everything up to here was read. */
  readTo(revision: number): void {
    this.#upTo = revision;
    for (const one of this.#later) if (one <= revision) this.#later.delete(one);
    this.#close();
  }

  /** One change was taken in; an earlier one may still be on its way. */
  took(revision: number): void {
    if (revision > this.#upTo) this.#later.add(revision);
    this.#close();
  }

  isCurrent(revision: number): boolean {
    return this.#upTo >= revision;
  }

  #close(): void {
    while (this.#later.delete(this.#upTo + 1)) this.#upTo++;
  }
}
