/** What a person is called on this phone. Pure. */
import { t } from "../../i18n";
import type { Projection, Session } from "../../ports";

export function personName(all: Projection, session: Session | null, id: string): string {
  if (id === session?.user.id) return session.user.name;
  return all.get("people", id)?.fields.name ?? t("conflict.someone");
}
