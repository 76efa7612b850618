/**
 * Builds the whole client behind the seams of ports.ts: who is signed in, and which of the phone's stores is open
 * for them. Screens import this and types, nothing below it.
 */
import { createCommands } from "./commands/commands";
import { NotSignedIn } from "./domain/errors";
import { NOTHING } from "./domain/projection";
import { isoWithOffset, Timekeeper } from "./domain/timekeeper";
import { browserEnvironment, type Environment } from "./environment";
import type { FieldApp, JoinOutcome, KeptName, Session, SettleOutcome, Settling, SignInOutcome, SyncStatus } from "./ports";
import { SignedIn } from "./signedIn";
import { DeviceStore } from "./store/device";
import type { Moved } from "./store/snapshot";
import { finishSignOut, signInHere } from "./sync/account";
import { PhoneStorage } from "./sync/phoneState";
import { gathered, quietly, Signal } from "./sync/signal";
import { statusOf } from "./sync/status";
import { createTransport } from "./transport/http";

const READ_AFTER_MS = 50;
/** U02: the word *Sparad på mobilen* is drawn before the engine takes up the save (CL5). */
const SEND_AFTER_MS = 30;

/** What tests and a closing page need beside what screens see. */
export interface RunningApp extends FieldApp {
  close(): void;
}

export function createApp(env: Environment = browserEnvironment()): RunningApp {
  const transport = createTransport(env.fetch, env.clock);
  const device = new DeviceStore(env.parts);
  const instant = () => ({ wall: env.clock.now(), monotonic: env.clock.monotonic() });
  const account = { transport, device, newId: () => env.random.uuid7(env.clock.now()), deviceName: env.deviceName };
  let timekeeper = new Timekeeper(instant(), null);
  let current: SignedIn | null = null;
  let openings = 0;

  const onProjection = new Signal();
  const onStatus = new Signal();
  const onSession = new Signal();
  const phone = new PhoneStorage(env, () => onStatus.fire());
  const redraw = (): void => {
    onProjection.fire();
    onStatus.fire();
  };

  const isSignedIn = (): boolean => current !== null;
  const now = (): number => timekeeper.now(instant());

  function here(): SignedIn {
    if (!current) throw new NotSignedIn();
    return current;
  }

  const projection = () => current?.projection() ?? NOTHING;

  function status(): SyncStatus {
    const known = { offsetMs: timekeeper.offsetMs, persisted: phone.persisted, storage: phone.storage };
    return current ? current.status(known) : statusOf(null, known);
  }

  /** Open a user's own store and start its engine (CL8: nobody else's is ever opened). */
  async function open(session: Session): Promise<void> {
    close();
    const turn = ++openings;
    const opened = new SignedIn(session, { env, transport, instant, onRecords: redraw, onStatus: () => onStatus.fire() });
    await opened.load();
    // Another sign-in, or another tab's, came in between.
    if (turn !== openings) return opened.close();
    current = opened;
    timekeeper = opened.timekeeper;
    redraw();
    onSession.fire();
    opened.start();
  }

  function close(): void {
    openings++;
    current?.close();
    current = null;
  }

  async function signIn(email: string, password: string): Promise<SignInOutcome> {
    const outcome = await signInHere(account, email, password);
    if (outcome.kind !== "session") return outcome;
    const { session } = outcome;
    if (isCurrent(session) && current) {
      await current.store.setMeta({ locked: false });
      renew(session);
      current.engine.resume();
    } else await open(session);
    env.tabs.tell("session");
    phone.ask();
    return outcome;
  }

  const isCurrent = (session: Session | null): boolean => (
    session?.user.id === current?.session.user.id && session?.device_id === current?.session.device_id
  );

  function renew(session: Session): void {
    current?.renew(session);
    if (current) onSession.fire();
  }

  async function joinByCode(code: string): Promise<JoinOutcome> {
    const asking = current;
    const outcome = await (await import("./sync/joining")).joinByCode(transport, code);
    if (outcome.kind === "joined") asking?.engine.wake(true);
    return outcome;
  }

  async function settle(kept: KeptName, id: string, asked: Settling): Promise<SettleOutcome> {
    const asking = current;
    const outcome = await (await import("./sync/settling")).settle(transport, kept, id, asked);
    if (outcome.kind === "settled" || outcome.kind === "already") asking?.engine.wake(true);
    return outcome;
  }

  async function signOut(): Promise<void> {
    await current?.leave();
    close();
    await device.keepSession(null, true);
    redraw();
    onSession.fire();
    env.tabs.tell("session");
    await finishSignOut(account, isSignedIn);
  }

  /** Cold start: the last session answer first, so that everything works without coverage; then the server's word. */
  async function begin(): Promise<void> {
    phone.look();
    const { session } = await device.session();
    // Nobody waits for the network to see the sign-in page.
    if (!session) return quietly(finishSignOut(account, isSignedIn));
    await open(session);
    quietly(refresh());
    phone.ask();
  }

  async function refresh(): Promise<void> {
    const outcome = await transport.session();
    if (outcome.kind !== "session" || !isCurrent(outcome.session)) return;
    await device.keepSession(outcome.session);
    renew(outcome.session);
  }

  async function followOtherTab(): Promise<void> {
    const { session } = await device.session();
    if (isCurrent(session)) {
      if (session) renew(session);
      current?.engine.resume();
      return;
    }
    close();
    if (session) return open(session);
    redraw();
    onSession.fire();
  }

  // Another tab may write many times a second; one reading takes them all in.
  const followSoon = gathered<Moved>(env.clock, READ_AFTER_MS, (news) => {
    if (current) quietly(current.follow(news));
  });
  const sendSoon = gathered<void>(env.clock, SEND_AFTER_MS, () => current?.engine.wake());

  const wake = (): void => {
    if (!current) return quietly(finishSignOut(account, isSignedIn));
    // Every look also sees whether the session has run out meanwhile (CL4).
    if (current.isExpired) current.redraw();
    current.engine.wake();
    phone.look();
    // A page that was frozen may have missed what another tab told.
    quietly(current.store.catchUp());
  };
  const stopEvents = env.onWakeEvents(wake);
  env.tabs.onMessage((message) => (message === "session" ? quietly(followOtherTab()) : followSoon(message)));
  const started = begin();

  return {
    commands: createCommands({
      store: () => here().store, projection, newId: account.newId, wake: sendSoon,
      timestamp: () => isoWithOffset(now(), env.zoneMinutes(now())),
      madeAt: () => isoWithOffset(env.clock.now(), env.zoneMinutes(env.clock.now())),
    }),
    ready: () => started,
    projection,
    onProjection: onProjection.on,
    status,
    onStatus: onStatus.on,
    syncNow: () => current?.engine.wake(true),
    queueFile: async () => here().queueFile(),
    session: () => current?.session ?? null,
    onSession: onSession.on,
    joinByCode,
    settle,
    absent: async () => (await import("./sync/absent")).absent(transport),
    basemap: async () => (await import("./transport/basemap")).basemapLine(env),
    signIn,
    signOut,
    close: () => {
      stopEvents();
      close();
      env.tabs.close();
      device.close();
    },
  };
}
