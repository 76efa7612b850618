/** A person with a phone: signs in, writes as fast as chance has it, in one tab or two, and is thrown out of pages. */
import { createApp, type RunningApp } from "../app/createApp";
import type { CollectionName } from "../app/domain/records";
import type { Fields } from "../app/ports";
import type { Chance, Device } from "./surroundings";

type Commands = RunningApp["commands"];
type Write = (name: CollectionName, fields: Fields) => Promise<string>;

/** One action the phone said it saved. `token` is in one of its fields, and in no other action's. */
export interface Saved {
  device_id: string;
  user_id: string;
  collection: string;
  record_id: string;
  op: "create" | "update" | "delete";
  token: string;
  /** The version the phone had confirmed when it wrote. */
  base: number;
  fields: Fields;
}

export class Phone {
  readonly saved: Saved[] = [];
  readonly tabs: RunningApp[] = [];
  colleagues: readonly string[] = [];
  #tokens = 0;

  constructor(readonly name: string, readonly person: string, readonly device: Device, readonly chance: Chance) {}

  get app(): RunningApp {
    return this.tabs[0]!;
  }

  get userId(): string {
    return this.app.session()!.user.id;
  }

  async open(): Promise<void> {
    const app = createApp(this.device.tab());
    this.tabs.push(app);
    await app.ready();
  }

  async signIn(password: string): Promise<void> {
    const outcome = await this.app.signIn(`${this.person}@demo.example`, password);
    if (outcome.kind !== "session") throw new Error(`${this.name}: ${JSON.stringify(outcome)}`);
  }

  close(): void {
    for (const tab of this.tabs.splice(0)) tab.close();
    this.device.release();
  }

  /** The system throws the pages away; what was saved stays. */
  async restart(tabs: number): Promise<void> {
    this.close();
    for (let count = 0; count < tabs; count++) await this.open();
  }

  /** One action in one of the tabs; it counts as saved once the command has said so. */
  async act(): Promise<void> {
    const { chance } = this;
    const kind = chance.below(20);
    if (kind === 0) return this.restart(1 + chance.below(2));
    const app = chance.pick(this.tabs);
    const shifts = this.#own(app, "shifts");
    const visits = this.#own(app, "visits");
    if (kind < 4 || shifts.length === 0) return this.#startShift(app.commands);
    if (kind < 9) return this.#visit(app.commands, chance.pick(shifts));
    if (kind < 12 && visits.length > 0) return this.#observe(app.commands, chance.pick(visits));
    if (kind < 13 && visits.length > 0) return this.#remove(app, chance.pick(visits));
    if (kind < 15 && visits.length > 0) return this.#update(app, "visits", chance.pick(visits));
    return this.#update(app, "shifts", chance.pick(shifts));
  }

  /** Records this person may write: those of shifts they are on. */
  #own(app: RunningApp, name: "shifts" | "visits"): string[] {
    const projection = app.projection();
    const shifts = projection.all("shifts").filter((record) => record.fields.participant_ids.includes(this.userId));
    if (name === "shifts") return shifts.map((record) => record.id);
    const mine = new Set(shifts.map((record) => record.id));
    return projection.all("visits").filter((record) => mine.has(record.fields.shift_id)).map((record) => record.id);
  }

  async #startShift(commands: Commands): Promise<void> {
    const grant = this.app.session()!.grants.find(({ team_id }) => team_id !== null)!;
    const others = this.colleagues.filter((id) => id !== this.userId && this.chance.next() < 0.5);
    const token = this.#token();
    await this.#create(commands.create, "shifts", token, {
      team_id: grant.team_id, district: grant.district ?? "farsta", kind: "evening", assignment: "core",
      started_at: "2026-11-23T18:00:00+01:00", participant_ids: [this.userId, ...others], reason: token,
    });
  }

  async #visit(commands: Commands, shift_id: string): Promise<void> {
    const token = this.#token();
    // A reason is required here: now and then the server has something to refuse.
    const isRefused = this.chance.next() < 0.08;
    await this.#create(commands.create, "visits", token, {
      shift_id, arena: "outdoor", arrived_at: "2026-11-23T19:00:00+01:00", outcome: isRefused ? "not_visited" : "observed",
      place: { lat: 59.2437, lon: 18.093, label: token },
    });
  }

  async #observe(commands: Commands, visit_id: string): Promise<void> {
    const token = this.#token();
    await this.#create(commands.create, "observations", token, {
      visit_id, observed_at: "2026-11-23T19:10:00+01:00", topics: ["gathering"], note: token,
      counts: [{ age_band: "13-15", gender: "female", present: 1 + this.chance.below(9), contacts: 1 }],
    });
  }

  async #update(app: RunningApp, collection: "shifts" | "visits", id: string): Promise<void> {
    const record = app.projection().get(collection, id);
    // An edit of what was refused becomes a correction; the harness follows plain edits.
    if (!record || record.tick === "refused") return;
    const token = this.#token();
    const fields: Fields = collection === "visits"
      ? { place: { lat: 59.2437, lon: 18.093, label: token }, neighbourhood: null }
      : this.chance.next() < 0.5 ? { handover_note: token } : { reason: token, other_participants: 1 + this.chance.below(20) };
    await app.commands.update(collection, id, fields);
    this.#note("update", collection, id, token, fields, record.version);
  }

  async #remove(app: RunningApp, id: string): Promise<void> {
    const record = app.projection().get("visits", id);
    if (!record || record.tick === "refused" || app.projection().all("observations").some(({ fields }) => fields.visit_id === id)) return;
    await app.commands.remove("visits", id);
    this.#note("delete", "visits", id, "", {}, record.version);
  }

  async #create(write: Commands["create"], collection: "shifts" | "visits" | "observations", token: string, fields: Fields): Promise<void> {
    const id = await (write as Write)(collection, fields);
    this.#note("create", collection, id, token, fields, 0);
  }

  #note(op: Saved["op"], collection: string, record_id: string, token: string, fields: Fields, base: number): void {
    const { device_id, user } = this.app.session()!;
    this.saved.push({ device_id, user_id: user.id, collection, record_id, op, token, base, fields });
  }

  #token(): string {
    return `${this.name}-${++this.#tokens}.`; // the dot ends it: no token is the beginning of another
  }
}
