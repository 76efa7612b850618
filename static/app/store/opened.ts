/** What came back and was opened on this phone, told to the server until it has answered. Ids alone; pure. */
import type { Meta } from "./schema";

/** The server reads so many of a request. */
const MOST = 50;
const REMEMBERED = 200;

export const toTell = ({ opened, told }: Pick<Meta, "opened" | "told">): string[] => opened.filter((id) => !told.includes(id)).slice(0, MOST);

/** `meta` is changed in place, here and below. Opened again it is told no second time. */
export function noteOpened(meta: Meta, id: string): void {
  if (!meta.opened.includes(id)) meta.opened = [...meta.opened, id].slice(-REMEMBERED);
}

export function noteTold(meta: Meta, ids: readonly string[]): void {
  if (ids.length > 0) meta.told = [...new Set([...meta.told, ...ids])].slice(-REMEMBERED);
}
