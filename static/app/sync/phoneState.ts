/** What the system says of this phone's storage: whether it is kept (CL12), what it takes. Asked again at every look. */
import type { StorageUse } from "../ports";
import { quietly } from "./signal";

/** What is known of the phone whoever is signed in. */
export interface PhoneState {
  offsetMs: number;
  persisted: boolean | null;
  storage: StorageUse | null;
}

export interface PhoneParts {
  persist: () => Promise<boolean | null>;
  isPersisted: () => Promise<boolean | null>;
  storageUse: () => Promise<StorageUse | null>;
}

export class PhoneStorage {
  persisted: boolean | null = null;
  /** The same object until a figure changes, so that nothing is drawn for nothing. */
  storage: StorageUse | null = null;
  readonly #parts: PhoneParts;
  readonly #onChange: () => void;

  constructor(parts: PhoneParts, onChange: () => void) {
    this.#parts = parts;
    this.#onChange = onChange;
  }

  /** What the system has already promised and what is used; asks it for nothing. */
  look(): void {
    this.#note(this.#parts.isPersisted());
    quietly(this.#measure());
  }

  /** CL12: after a sign-in the system is asked to keep the phone's data. */
  ask(): void {
    this.#note(this.#parts.persist());
    quietly(this.#measure());
  }

  #note(answer: Promise<boolean | null>): void {
    quietly(answer.then((persisted) => {
      if (persisted === null || persisted === this.persisted) return;
      this.persisted = persisted;
      this.#onChange();
    }));
  }

  async #measure(): Promise<void> {
    const now = await this.#parts.storageUse();
    if (now?.usedBytes === this.storage?.usedBytes && now?.quotaBytes === this.storage?.quotaBytes) return;
    this.storage = now;
    this.#onChange();
  }
}
