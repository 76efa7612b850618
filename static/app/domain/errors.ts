/**
 * What can go wrong in words the screens can act on: a stable slug per case, the same kind of
 * slug that travels in receipts. Knows nothing of storage, network or language.
 */

export class DomainError extends Error {
  constructor(readonly slug: string) {
    super(slug);
    this.name = new.target.name;
  }
}

/** PU13: raised before anything is written; `paths` name the fields, never their contents. */
export class PersonalNumberRefused extends DomainError {
  constructor(readonly paths: string[]) {
    super("personal_number");
  }
}

/** CL9: the phone's storage is full; nothing was written and the form must keep its contents. */
export class StoreFull extends DomainError {
  constructor() {
    super("store_full");
  }
}

/** C07: a newer build owns the database; this page has to give way. */
export class StoreOutdated extends DomainError {
  constructor() {
    super("store_outdated");
  }
}

/** The user this store belongs to has signed out. */
export class StoreClosed extends DomainError {
  constructor() {
    super("store_closed");
  }
}

export class RecordMissing extends DomainError {
  constructor() {
    super("not_found");
  }
}

/** PU9: something still hangs on the record. */
export class RecordHasChildren extends DomainError {
  constructor() {
    super("has_children");
  }
}

/** PU12: the refusal is known from its receipt, but its own id has not come down yet. */
export class RejectionNotArrived extends DomainError {
  constructor() {
    super("rejection_not_arrived");
  }
}

/** PU12: the server never saw what was refused here (too large to be sent), so nobody else can take it over. */
export class RejectionOnlyHere extends DomainError {
  constructor() {
    super("rejection_only_here");
  }
}

/** CL11: the server has not given this phone a key to seal to. */
export class SealMissing extends DomainError {
  constructor() {
    super("seal_missing");
  }
}

export class NotSignedIn extends DomainError {
  constructor() {
    super("not_signed_in");
  }
}
