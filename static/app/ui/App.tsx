/** Which screen an address means. Seldom screens are loaded when first opened; the worker has them offline. */
import { useEffect } from "preact/hooks";
import { isLocked } from "../domain/locked";
import { lazy } from "./parts/Lazy";
import { Locked } from "./parts/Locked";
import { ObservationRoute } from "./screens/ObservationScreen";
import { Tonight } from "./screens/Tonight";
import { mayChange, openShift } from "./read/shifts";
import { problem } from "./announce";
import { restoreReminder } from "./reminder";
import { replace, route } from "./router";
import { records, session, userId } from "./state";

const JoinByCode = lazy(() => import("./screens/JoinByCode").then((m) => m.JoinByCode));
const MapScreen = lazy(() => import("./screens/MapScreen").then((m) => m.styled().then(() => m.MapScreen)));
const PickPlace = lazy(() => import("./screens/PickPlace").then((m) => m.PickPlace));
const SignIn = lazy(() => import("./screens/SignIn").then((m) => m.SignIn), () => Promise.resolve()); // its words are there
const ShiftLog = lazy(() => import("./screens/ShiftLog").then((m) => m.ShiftLog));
const EarlierShift = lazy(() => import("./screens/ShiftLog").then((m) => m.EarlierShift));
const VisitScreen = lazy(() => import("./screens/VisitScreen").then((m) => m.VisitScreen));
const LateVisit = lazy(() => import("./screens/LateVisit").then((m) => m.LateVisit));
const ShiftFacts = lazy(() => import("./screens/ShiftFacts").then((m) => m.ShiftFacts));
const CheckShift = lazy(() => import("./screens/CheckShift").then((m) => m.CheckShift));
const ShiftSent = lazy(() => import("./screens/CheckShift").then((m) => m.ShiftSent));
const ConflictPage = lazy(() => import("./screens/ConflictPage").then((m) => m.ConflictPage));
const BriefingMaker = lazy(() => import("./screens/BriefingMaker").then((m) => m.BriefingMaker));
const WalkPage = lazy(() => import("./screens/Walks").then((m) => m.WalkPage));
const PAGES = {
  "": lazy(() => import("./screens/More").then((m) => m.More)),
  pass: lazy(() => import("./screens/MyShifts").then((m) => m.MyShifts)),
  granska: lazy(() => import("./screens/Review").then((m) => m.Review)),
  synk: lazy(() => import("./screens/SyncPage").then((m) => m.SyncPage)),
  efterhand: lazy(() => import("./screens/AfterEntry").then((m) => m.AfterEntry)),
  utsattning: lazy(() => import("./screens/BriefingPage").then((m) => m.BriefingPage)),
  "utsattning/ny": BriefingMaker,
  nattvandring: lazy(() => import("./screens/Walks").then((m) => m.Walks)),
  hjalp: lazy(() => import("./screens/Help").then((m) => m.Help)),
  tillganglighet: lazy(() => import("./screens/Help").then((m) => m.Accessibility)),
  "logga-ut": lazy(() => import("./screens/SignOut").then((m) => m.SignOut)),
};

export function App() {
  const { path } = route.value;
  // What stopped one screen is not the next one's trouble.
  useEffect(() => void (problem.value = null), [path]);
  // Another user of the phone has asked for another.
  const user = userId();
  useEffect(() => void restoreReminder(), [user]);
  if (!session() || path === "/app/logga-in") return <SignIn />;
  const [, , area = "", id = "", page = ""] = path.split("/");
  if (area === "passet") return <ShiftLog />;
  if (area === "karta") return <MapScreen />;
  if (area === "plats") return <PickPlace />;
  if (area === "kod") return <JoinByCode />;
  if (area === "iakttagelse") return <ObservationRoute id={id} />;
  if (area === "besok") return <VisitRoute id={id} />;
  if (area === "pass") return <ShiftRoute id={id} page={page} />;
  if (area === "mer" && id === "utsattning" && page && page !== "ny") return <BriefingRoute id={page} />;
  if (area === "mer" && id === "nattvandring" && page) return <WalkRoute id={page} />;
  if (area === "mer" && id === "konflikt") return <ConflictPage id={page} />;
  if (area === "mer") {
    const Page = PAGES[[id, page].filter(Boolean).join("/") as keyof typeof PAGES] ?? PAGES[""];
    return <Page key={path} />;
  }
  return <Tonight />;
}

function BriefingRoute({ id }: { id: string }) {
  const briefing = records().get("briefings", id);
  return briefing ? <BriefingMaker key={id} briefing={briefing} /> : <Gone />;
}

function WalkRoute({ id }: { id: string }) {
  const walk = records().get("walks", id);
  return walk ? <WalkPage key={id} walk={walk} /> : <Gone />;
}

function VisitRoute({ id }: { id: string }) {
  const visit = records().get("visits", id);
  if (visit && isLocked(records(), "visits", id)) return <Locked visit={visit} />;
  return visit ? <VisitScreen key={id} visit={visit} /> : <Gone />;
}

function ShiftRoute({ id, page }: { id: string; page: string }) {
  const all = records();
  const shift = all.get("shifts", id);
  if (!shift) return <Gone />;
  if (page === "klart") return <ShiftSent shift={shift} />;
  if (!mayChange(shift, userId())) return <EarlierShift shift={shift} />;
  if (page === "uppgifter") return <ShiftFacts key={id} shift={shift} />;
  if (page === "skicka") return <CheckShift key={id} shift={shift} />;
  if (page === "besok") return <LateVisit key={id} shift={shift} />;
  return openShift(all, userId())?.id === id ? <ShiftLog /> : <EarlierShift shift={shift} />;
}

/** The record is no longer here, as after an undo. */
function Gone() {
  useEffect(() => replace("/app"), []);
  return null;
}
