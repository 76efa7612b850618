/** A leader's decision on what the server keeps: asked of the server, and told in words; nothing is said to be done before it answers. */
import { coded, t } from "../i18n";
import type { KeptName, Settling } from "../ports";
import { app } from "./state";

export interface Said {
  text: string;
  /** Whether it is decided, by oneself or somebody before. */
  isSettled: boolean;
}

export async function settleKept(kept: KeptName, id: string, asked: Settling): Promise<Said> {
  const outcome = await app().settle(kept, id, asked).catch(() => ({ kind: "unreachable" }) as const);
  switch (outcome.kind) {
    case "settled": return { text: coded("review.became", outcome.state), isSettled: true };
    case "already": return { text: t("review.already"), isSettled: true };
    case "wait": return { text: t("review.wait", { n: Math.ceil(outcome.retryAfterS) }), isSettled: false };
    case "unreachable": return { text: t("review.unreachable"), isSettled: false };
    case "refused": return { text: outcome.message || t("review.refused"), isSettled: false };
  }
}
