/**
 * The frame every screen stands in: top with name, running time and sync pill; the scrolling content;
 * one primary action in the thumb's reach; and on the four main screens the bottom bar.
 */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { count, t } from "../../i18n";
import { markIcon } from "../../pwa/platform";
import { problem, said } from "../announce";
import { back, follow, route } from "../router";
import { asking } from "../read/asking";
import { openShift } from "../read/shifts";
import { isOffline, now, reach, records, session, status, userId } from "../state";
import { duration, minutesBetween } from "../read/time";
import { Due } from "./Due";
import { Icon } from "./Icon";
import { SyncPill } from "./SyncPill";
import { UndoBar } from "./UndoBar";
import { UpdateBar } from "./UpdateBar";

interface Props {
  title: string;
  /** Under the title, quiet: a place, a time. */
  detail?: string | undefined;
  /** Where *Tillbaka* leads after a cold start; without it this is one of the main screens. */
  backTo?: string;
  onBack?: () => void;
  /** The one primary action. */
  action?: ComponentChildren;
  /** Nothing but text: the keyboard then needs the content itself to scroll. */
  reading?: boolean;
  children: ComponentChildren;
}

export function Screen({ title, detail, backTo, onBack, action, reading, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  const asks = session() ? asking(records(), status(), userId()) : 0;
  useEffect(() => {
    document.title = `${asks > 0 ? `(${asks}) ` : ""}${title} – Fältlogg`;
  }, [title, asks]);
  useEffect(() => markIcon(asks), [asks]);
  useEffect(() => {
    // A new screen is read from its heading; the first one of a visit keeps the browser's own focus.
    if (document.documentElement.dataset["started"]) heading.current?.focus();
    document.documentElement.dataset["started"] = "yes";
  }, [title, route.value.path]);

  const h1 = <h1 tabIndex={-1} ref={heading}>{title}</h1>;
  return (
    <div class="frame">
      <header>
        <div class="top">
          {backTo ? (
            <>
              <button type="button" class="bare" aria-label={t("frame.back")} onClick={onBack ?? (() => back(backTo))}>
                <Icon name="back" />
              </button>
              <div class="name">{h1}</div>
            </>
          ) : (
            <PassName />
          )}
          {session() && <SyncPill compact={backTo !== undefined} />}
        </div>
        {isOffline() && session() && <p class="offline">{t(reach() === "silent" ? "frame.silent" : "frame.offline")}</p>}
        <SessionBar />
      </header>
      <main {...(reading && { tabIndex: 0 })}>
        {!backTo && h1}
        {detail && <p class="detail">{detail}</p>}
        {children}
      </main>
      <footer class="bottom">
        {problem.value && <p class="problem" role="alert">{t(problem.value)}</p>}
        {session() && <Due />}
        <UpdateBar />
        <UndoBar />
        {action && <div class="action">{action}</div>}
        {!backTo && session() && <Tabs asks={asks} />}
      </footer>
      <p class="hidden" aria-live="polite">{said.value}</p>
    </div>
  );
}

/** CL4: signed out by time or by the office. Writing goes on; sending and reading others' need a sign-in. */
function SessionBar() {
  const { phase } = status();
  if (!session() || route.value.path === "/app/logga-in" || (phase !== "signed_out" && phase !== "locked")) return null;
  return (
    <p class="offline">
      {t(phase === "locked" ? "frame.locked" : "frame.signedOut")}{" "}
      <a href="/app/logga-in" onClick={follow}>{t("signIn.title")}</a>
    </p>
  );
}

function PassName() {
  const shift = session() ? openShift(records(), userId()) : undefined;
  if (!shift) return <div class="name"><p class="strong">{t("app.name")}</p></div>;
  return (
    <div class="name">
      <p class="strong">{t(`shift.${shift.fields.kind}`)}</p>
      <p class="quiet">{duration(minutesBetween(shift.fields.started_at, now()))}</p>
    </div>
  );
}

function Badge({ n }: { n: number }) {
  return (
    <>
      <span class="badge" aria-hidden="true">{n}</span>
      <span class="hidden">, {count("tab.asks", n)}</span>
    </>
  );
}

function Tabs({ asks }: { asks: number }) {
  const day = openShift(records(), userId())?.fields.kind === "day";
  const tabs = [
    { to: "/app", icon: day ? "sun" : "moon", label: day ? t("tab.today") : t("tab.tonight") },
    { to: "/app/passet", icon: "list", label: t("tab.shift") },
    { to: "/app/karta", icon: "map", label: t("tab.map") },
    { to: "/app/mer", icon: "menu", label: t("tab.more") },
  ] as const;
  const here = route.value.path === "/" ? "/app" : route.value.path;
  return (
    <nav class="tabs" aria-label={t("frame.navigation")}>
      {tabs.map(({ to, icon, label }) => (
        <a key={to} href={to} onClick={follow} aria-current={here === to ? "page" : undefined}>
          <Icon name={icon} />
          {label}
          {to === "/app/mer" && asks > 0 && <Badge n={asks} />}
        </a>
      ))}
    </nav>
  );
}
