/** A screen that is loaded when first opened; says so when it takes long, and when it can't be had. */
import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { laterWords, t } from "../../i18n";
import { Screen } from "./Screen";

const PATIENCE_MS = 400;

/** `words`: what loads the screen's words, by default those of all screens but the first. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>, words: () => Promise<void> = laterWords): ComponentType<P> {
  let loaded: ComponentType<P> | null = null;
  return function Lazy(props: P) {
    const [state, setState] = useState<"quick" | "slow" | "failed" | "ready">(loaded ? "ready" : "quick");
    useEffect(() => {
      if (loaded) return;
      const slow = setTimeout(() => setState("slow"), PATIENCE_MS);
      Promise.all([load(), words()]).then(
        ([component]) => {
          loaded = component;
          setState("ready");
        },
        () => setState("failed"),
      ).finally(() => clearTimeout(slow));
      return () => clearTimeout(slow);
    }, []);
    const Loaded = loaded;
    if (Loaded) return <Loaded {...props} />;
    if (state === "quick") return null;
    return <Screen title={t("app.name")} backTo="/app"><p role="status">{state === "failed" ? t("frame.loadFailed") : t("frame.loading")}</p></Screen>;
  };
}
