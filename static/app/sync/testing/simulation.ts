/**
 * S17: runs a plan – eight phones of the shipped client, the model server, virtual time – to the end of all faults,
 * and hands the outcome to the verdict. The same plan gives the same run.
 */
import { DomainError } from "../../domain/errors";
import type { RunningApp } from "../../createApp";
import { decide, type Saved, save, type Writing } from "./actions";
import type { ModelRecords } from "./modelRecords";
import { ModelServer } from "./modelServer";
import { type Fault, FAULTS, Network } from "./network";
import { office } from "./office";
import { Phone } from "./phone";
import { type Plan, PHONES, SHARED, type Step, TABBED } from "./plan";
import { SeededRandom, World } from "./virtualClock";

const SETTLE_MS = 60_000; // CL5
const LOOK_MS = 61_000;

export interface Outcome {
  server: ModelServer;
  network: Network;
  phones: readonly Phone[];
  saved: readonly Saved[];
  /** What was under way when the page died: it may have been written or not, nobody was told. */
  unsure: readonly Saved[];
  /** Ends in problems when a queue is not empty in time; seconds until the last one was. */
  longestWaitS: number;
  problems: string[];
}

export class Simulation {
  readonly world = new World();
  readonly server = new ModelServer(() => this.world.time);
  readonly network: Network;
  readonly phones: Phone[] = [];
  readonly #plan: Plan;
  readonly #saved: Saved[] = [];
  readonly #unsure: Saved[] = [];
  readonly #problems: string[] = [];
  readonly #drawn = new Map<string, number>();
  readonly #backups: ModelRecords[] = [];
  #storm: { kind: Fault; until: number } | null = null;
  #words = 0;
  #atShared = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
    this.network = new Network(this.world, this.server, new SeededRandom(plan.seed));
  }

  async run(): Promise<Outcome> {
    await this.#begin();
    for (const step of this.#plan.steps) {
      await this.#take(step);
      // Nobody waits for anybody: taps come while requests are under way.
      await this.world.advance(this.#draw("pause") * 1_500);
    }
    const longestWaitS = await this.#endOfFaults();
    return { server: this.server, network: this.network, phones: this.phones, saved: this.#saved, unsure: this.#unsure, longestWaitS, problems: this.#problems };
  }

  close(): void {
    for (const phone of this.phones) for (const tab of phone.tabs) tab.close();
  }

  async #begin(): Promise<void> {
    for (let at = 0; at < PHONES; at++) {
      const phone = new Phone(this.world, this.network, this.#plan.seed + at);
      await phone.open();
      this.phones.push(phone);
      await this.#signIn(at);
    }
    await this.phones[TABBED]!.open();
    this.server.leads.add(userOf(PHONES - 1, 0));
    this.#backups.push(this.server.backup());
    this.network.faultFor = (_request, device) => this.#faultFor(device);
  }

  async #signIn(at: number): Promise<void> {
    await this.phones[at]!.signIn(nameOf(at, at === SHARED ? this.#atShared : 0));
  }

  /** A request's fate hangs on its device and number alone, so that a shorter plan changes as little as it can. */
  #faultFor(device: string): Fault | null {
    if (this.#storm && this.world.time < this.#storm.until) return this.#storm.kind;
    if (this.#draw(`meets ${device}`) * 100 >= this.#plan.faulty) return null;
    return FAULTS[Math.floor(this.#draw(`fault ${device}`) * FAULTS.length)]!;
  }

  #draw(name: string): number {
    const count = (this.#drawn.get(name) ?? 0) + 1;
    this.#drawn.set(name, count);
    let mixed = this.#plan.seed ^ Math.imul(count, 0x9e3779b1);
    for (const character of name) mixed = Math.imul(mixed ^ character.charCodeAt(0), 0x01000193);
    return new SeededRandom(mixed).next();
  }

  async #take(step: Step): Promise<void> {
    const phone = "phone" in step ? this.phones[step.phone]! : this.phones[0]!;
    switch (step.do) {
      case "save": case "decide": return this.#write(phone, step);
      case "wait": return this.world.advance(step.ms);
      case "offline":
        phone.isOffline = true;
        this.world.after(step.ms, () => { phone.isOffline = false; });
        return;
      case "storm": this.#storm = { kind: step.kind, until: this.world.time + step.ms }; return;
      case "restart": return phone.restart(step.tabs);
      case "tab": if (phone.tabs.length < 2) await phone.open(); return;
      case "clock": phone.clock.wrongByMs += step.ms; return;
      case "swap": return this.#swap();
      case "office": return office(this.server, step, this.#word(), this.phones);
      case "backup": this.#backups.push(this.server.backup()); return;
      case "restore": return this.server.restore(this.#backups[Math.floor(this.#draw("backup") * this.#backups.length)]);
    }
  }

  async #write(phone: Phone, step: Extract<Step, { do: "save" | "decide" }>): Promise<void> {
    const tab = phone.tabs[step.pick % phone.tabs.length]!;
    const session = tab.session();
    if (!session) return;
    const word = this.#word();
    let writing: Writing | null;
    try {
      writing = step.do === "save"
        ? save(tab.commands, tab.projection(), step, word, this.phones.map((_, at) => userOf(at, 0)))
        : decide(tab.commands, tab.projection(), step, word, session.user.id);
    } catch (error) {
      return expected(error);
    }
    if (!writing) return;
    const device = session.device_id;
    const written = (): Saved[] => writing.written.map((one) => ({ device, ...one }));
    if (step.do === "save" && step.killed) {
      void writing.done.then(() => undefined, expected);
      await phone.restart(phone.tabs.length);
      this.#unsure.push(...written());
      return;
    }
    const failed = await writing.done.then(() => false, (error) => { expected(error); return true; });
    if (failed) return;
    this.#saved.push(...written());
    if (step.do === "save") this.#look(tab, written());
  }

  /** In letters, for a row of digits may be a personal number (PU13). */
  #word(): string {
    return `word ${[...String(++this.#words)].map((digit) => "abcdefghij"[Number(digit)]).join("")}`;
  }

  /** What was just saved is on the screen, unless a clock set ahead has locked reading (CL4). */
  #look(tab: RunningApp, written: readonly Saved[]): void {
    if (tab.status().phase === "signed_out") return;
    for (const { collection, id, op } of written) {
      if (op === "create" && !tab.projection().get(collection as "shifts", id)) this.#problems.push(`saved ${collection} ${id} is not visible`);
    }
  }

  /** The shared phone goes from hand to hand, unsent records and all (CL8). */
  async #swap(): Promise<void> {
    const phone = this.phones[SHARED]!;
    const left = phone.app.signOut();
    await this.world.advance(500);
    await left;
    if (phone.app.projection().all("shifts").length > 0) this.#problems.push("CL8 records visible while nobody is signed in");
    this.#atShared = 1 - this.#atShared;
    await this.#signIn(SHARED);
  }

  /** CL5, S18: every queue is empty within 60 s, each person's once they have the phone in hand. */
  async #endOfFaults(): Promise<number> {
    this.network.faultFor = () => null;
    for (const phone of this.phones) phone.isOffline = false;
    if (!this.phones[SHARED]!.app.session()) await this.#signIn(SHARED);
    const shared = [this.phones[SHARED]!];
    const waits = [await this.#untilEmpty(this.phones)];
    // A phone that has nothing to send learns of a restore when it next looks (PL5).
    await this.world.advance(LOOK_MS);
    waits.push(await this.#untilEmpty(this.phones));
    await this.#swap();
    waits.push(await this.#untilEmpty(shared));
    // Two more looks, for what the others sent last.
    await this.world.advance(2 * LOOK_MS);
    waits.push(await this.#untilEmpty(this.phones));
    return Math.max(...waits);
  }

  async #untilEmpty(phones: readonly Phone[]): Promise<number> {
    const began = this.world.time;
    const left = (): number => phones.reduce((sum, phone) => sum + phone.app.status().queued, 0);
    while (left() > 0 && this.world.time - began < SETTLE_MS) await this.world.advance(1_000);
    if (left() > 0) this.#problems.push(`S18 ${left()} still in a queue after 60 s: ${phones.map((phone) => `${phone.app.status().phase} ${phone.app.status().queued}`).join(", ")}`);
    return (this.world.time - began) / 1_000;
  }
}

const nameOf = (phone: number, person: number): string => (person === 0 ? `demo${phone}` : `demo${phone}-other`);
const userOf = (phone: number, person: number): string => `user-${nameOf(phone, person)}`;

/** What a screen would say in words; anything else is a fault of the client. */
function expected(error: unknown): void {
  const slugs = ["not_found", "has_children", "rejection_not_arrived", "rejection_only_here", "store_closed", "not_signed_in"];
  if (!(error instanceof DomainError) || !slugs.includes(error.slug)) throw error;
}
