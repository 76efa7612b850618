/**
 * The phones of the fault harness (tests/faults/test_simulator.py): eight shipped clients against a real server, told
 * what to do in lines of JSON and answering in the same. Knows nothing of how the line or the server breaks.
 */
import { createInterface } from "node:readline";
import { Browser, Chance, Device, quickClock } from "./surroundings";
import { Phone } from "./phone";

interface Run {
  seed: number;
  /** One address a phone: each has a line of its own. */
  lines: string[];
  people: string[];
  password: string;
  operations: number;
  /** Seconds that pass on the phones in one of ours. */
  rate: number;
}

const MOST_WAIT_S = 120;
const say = (event: string, more: object = {}): void => void process.stdout.write(`${JSON.stringify({ event, ...more })}\n`);
const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function nextLine(): Promise<string | null> {
  const { value, done } = await input.next();
  return done ? null : (value as string);
}

async function phonesOf(run: Run): Promise<Phone[]> {
  const clock = quickClock(run.rate);
  const phones = run.people.map((person, at) => {
    const chance = new Chance(run.seed * 100 + at);
    return new Phone(`s${run.seed}p${at}`, person, new Device(new Browser(run.lines[at]!, clock)), chance);
  });
  await Promise.all(phones.map(async (phone) => {
    await phone.open();
    await phone.signIn(run.password);
  }));
  const ids = [...new Set(phones.map((phone) => phone.userId))];
  for (const phone of phones) phone.colleagues = ids;
  return phones;
}

/** Everybody writes at once, each with pauses of their own. */
async function write(run: Run, phones: readonly Phone[]): Promise<void> {
  await Promise.all(phones.map(async (phone) => {
    for (let left = run.operations; left > 0; left--) {
      await phone.act();
      await pause(phone.chance.below(240));
    }
  }));
}

/** Longer than any backing off: whoever still waits then is worth a look. */
const LONG_S = 25;

/** Wait until every queue is empty (S18); returns seconds of the phones' time, the longest wait of them all. */
async function drained(phones: readonly Phone[]): Promise<{ longest_s: number; queued: number; slow: object[] }> {
  const { clock } = phones[0]!.device.browser;
  const began = clock.monotonic();
  const waited = (): number => (clock.monotonic() - began) / 1000;
  const queued = (): number => phones.reduce((sum, phone) => sum + phone.app.status().queued, 0);
  let slow: object[] | null = null;
  while (queued() > 0 && waited() < MOST_WAIT_S) {
    await pause(5);
    if (waited() > LONG_S) slow ??= phones.filter(({ app }) => app.status().queued > 0).map(slowOf);
  }
  return { longest_s: waited(), queued: queued(), slow: slow ?? [] };
}

const slowOf = ({ name, tabs, device: { browser } }: Phone): object => ({
  name, in_flight: browser.inFlight, last_answered_s: (browser.clock.monotonic() - browser.lastAnswered) / 1000,
  told: browser.told, tabs: tabs.map((tab) => tab.status()),
});

/** One whole look of each phone after everybody else has sent everything. */
async function lookOnce(phones: readonly Phone[]): Promise<void> {
  await Promise.all(phones.map(async ({ app, tabs, device: { browser } }) => {
    const since = browser.clock.monotonic();
    // Idle once the page is in the store; the other tab reads it a moment later, whoever of the two asked.
    const isThrough = (): boolean => (
      browser.lastAnswered > since && browser.inFlight === 0 && tabs.every((tab) => tab.status().phase === "idle" && !tab.status().downloading)
    );
    for (let still = 0, tries = 0; still < 10 && tries < 1_000; tries++) {
      if (browser.lastAnswered <= since) app.syncNow();
      still = isThrough() ? still + 1 : 0;
      await pause(20);
    }
  }));
}

/** What the phone shows of records the server has confirmed, to be held against the server's own. */
function shown(phone: Phone): object[] {
  const projection = phone.app.projection();
  return (["shifts", "visits", "observations"] as const).flatMap((collection) => (
    projection.all(collection).filter(({ version, tick }) => version > 0 && tick === "received").map(({ id, version, fields }) => ({
      collection, id, version, fields,
    }))
  ));
}

/** Everything the phone shows, in whatever state. */
const idsOf = (phone: Phone): string[] => (
  (["shifts", "visits", "observations"] as const).flatMap((collection) => phone.app.projection().all(collection).map(({ id }) => id))
);

async function simulate(run: Run): Promise<void> {
  const phones = await phonesOf(run);
  say("signed_in");
  await write(run, phones);
  say("written", { operations: phones.reduce((sum, phone) => sum + phone.saved.length, 0) });
  if ((await nextLine()) !== "calm") throw new Error("expected calm");
  const waits = await drained(phones);
  if (waits.queued === 0) await lookOnce(phones);
  say("drained", {
    ...waits,
    phones: phones.map((phone) => ({
      name: phone.name, user_id: phone.userId, device_id: phone.app.session()!.device_id, saved: phone.saved,
      shown: shown(phone), ids: idsOf(phone), status: phone.app.status(),
    })),
  });
  for (const phone of phones) phone.close();
}

for (let line = await nextLine(); line !== null; line = await nextLine()) await simulate(JSON.parse(line) as Run);
process.exit(0);
