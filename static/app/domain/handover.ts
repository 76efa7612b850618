/** What a team's pass takes over from those before it: the last note, and what is still open. Pure. */
import type { Shift } from "./records";

export type OpenItem = Shift["open_items"][number];
type Pass = Pick<Shift, "team_id" | "started_at" | "ended_at" | "handover_note" | "open_items">;

export interface Handover {
  /** Empty where the pass before left none. */
  note: string;
  items: OpenItem[];
}

/** What the server takes on one pass. */
export const MOST_ITEMS = 50;
export const LONGEST_NOTE = 2_000;

/**
 * The note is that of the latest pass that has ended: one under way beside has not handed over yet. An item goes along
 * under its own id; wherever it was settled last counts, on whichever pass. Of more than a pass may hold the newest go.
 */
export function handover(passes: readonly Pass[], teamId: string, before: string): Handover {
  const earlier = passes
    .filter((pass) => pass.team_id === teamId && Date.parse(pass.started_at) < Date.parse(before))
    .sort((a, b) => Date.parse(a.started_at) - Date.parse(b.started_at));
  const ended = earlier.filter(({ ended_at }) => ended_at !== null);
  const open = newestOf(earlier.flatMap(({ open_items }) => open_items)).filter(({ state }) => state === "open");
  const newest = new Set([...open].sort((a, b) => Date.parse(b.at) - Date.parse(a.at)).slice(0, MOST_ITEMS));
  return { note: ended.at(-1)?.handover_note ?? "", items: open.filter((item) => newest.has(item)) };
}

/** Each item once, as it was said last. */
export function newestOf(items: readonly OpenItem[]): OpenItem[] {
  const newest = new Map<string, OpenItem>();
  for (const item of items) {
    const known = newest.get(item.id);
    if (!known || isNewer(item, known)) newest.set(item.id, item);
  }
  return [...newest.values()];
}

/** Settled in the same moment as carried over: settled. */
function isNewer(item: OpenItem, known: OpenItem): boolean {
  const difference = Date.parse(item.at) - Date.parse(known.at);
  return difference > 0 || (difference === 0 && known.state === "open");
}
