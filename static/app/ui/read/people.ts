/**
 * How many people, as one taps it in: a rough number, some of it given age and gender, the rest unknown.
 * Not counted is missing and never zero (figures.md, "People"). Pure.
 */
import type { AgeBand, Count, Gender, Observation } from "../../domain/records";

export interface People {
  /** What the stepper says; null until someone has touched it. */
  stated: number | null;
  /** Every pair but unknown/unknown, which is the rest. */
  cells: Count[];
  restContacts: number;
}

export type Which = "present" | "contacts";

export const MAX_PEOPLE = 1000;
export const NOBODY_COUNTED: People = { stated: null, cells: [], restContacts: 0 };

const isRest = (band: AgeBand, gender: Gender): boolean => band === "unknown" && gender === "unknown";
const sum = (cells: Count[], which: Which): number => cells.reduce((total, cell) => total + cell[which], 0);

/** Null is "not counted". */
export function total(people: People): number | null {
  const distributed = sum(people.cells, "present");
  return people.stated === null && distributed === 0 ? null : Math.max(people.stated ?? 0, distributed);
}

export const rest = (people: People): number => (total(people) ?? 0) - sum(people.cells, "present");

export const contacts = (people: People): number => sum(people.cells, "contacts") + people.restContacts;

export function cellOf(people: People, band: AgeBand, gender: Gender): Count {
  if (isRest(band, gender)) return { age_band: band, gender, present: rest(people), contacts: people.restContacts };
  const found = people.cells.find((cell) => cell.age_band === band && cell.gender === gender);
  return found ?? { age_band: band, gender, present: 0, contacts: 0 };
}

/** Sets the rough number; never below what is already distributed. */
export function state(people: People, n: number): People {
  const floor = sum(people.cells, "present");
  const stated = Math.min(MAX_PEOPLE, Math.max(floor, n));
  return withinBounds({ ...people, stated: stated === 0 ? null : stated });
}

/** One tap on a tile: plus or minus one present or contacted. Someone talked to is also present. */
export function tap(people: People, band: AgeBand, gender: Gender, which: Which, by: 1 | -1): People {
  const cell = cellOf(people, band, gender);
  if (by > 0 && (total(people) ?? 0) >= MAX_PEOPLE && cell.present === cell[which]) return people;
  const changed = { ...cell, [which]: Math.max(0, cell[which] + by) };
  if (which === "contacts") changed.present = Math.max(changed.present, changed.contacts);
  else changed.contacts = Math.min(changed.contacts, changed.present);
  if (isRest(band, gender)) {
    const stated = sum(people.cells, "present") + changed.present;
    return withinBounds({ ...people, stated: stated === 0 ? null : stated, restContacts: changed.contacts });
  }
  const others = people.cells.filter((other) => other.age_band !== band || other.gender !== gender);
  return withinBounds({ ...people, cells: changed.present > 0 ? [...others, changed] : others });
}

const withinBounds = (people: People): People => ({
  ...people,
  restContacts: Math.min(people.restContacts, rest(people)),
});

export function toFields(people: People): Pick<Observation, "people_basis" | "counts"> {
  if (total(people) === null) return { people_basis: "not_counted", counts: [] };
  const left = cellOf(people, "unknown", "unknown");
  return {
    people_basis: left.present === 0 ? "counted" : "estimated",
    counts: left.present > 0 ? [...people.cells, left] : people.cells,
  };
}

export function fromFields({ people_basis, counts }: Pick<Observation, "people_basis" | "counts">): People {
  if (people_basis === "not_counted") return NOBODY_COUNTED;
  const cells = counts.filter((cell) => !isRest(cell.age_band, cell.gender));
  const left = counts.find((cell) => isRest(cell.age_band, cell.gender));
  return { stated: sum(counts, "present") || null, cells, restContacts: left?.contacts ?? 0 };
}
