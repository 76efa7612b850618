// @vitest-environment happy-dom
/** The code of a pass on the screens: shown by whoever is on it, typed by who joins. */
import { h, render, type ComponentChild } from "preact";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { withDefaults } from "../../domain/defaults";
import { joinCode } from "../../domain/joinCode";
import { json } from "../../sync/testing/network";
import { route } from "../router";
import { connectedPhone, type Connected } from "../testing/connected";
import { JoinByCode } from "./JoinByCode";
import { ShiftFacts } from "./ShiftFacts";
import { ShiftLog } from "./ShiftLog";
import { Tonight } from "./Tonight";

const ME = "user-demo1";
const THEIRS = "018bcfe5-6800-7000-8000-8a4be61d2c07";
let { world, server, network, phone } = {} as Connected;

const begin = async (role: string) => {
  ({ world, server, network, phone } = await connectedPhone((net) => {
    net.grants = [{ role, district: "farsta", team_id: role === "field_worker" ? "ours" : null, valid_until: null }];
  }));
};
beforeAll(() => import("../../sync/joining")); // as the worker has it; loading takes real time
beforeEach(() => begin("field_worker"));
afterEach(() => render(null, document.body));

const shown = async (screen: ComponentChild) => {
  render(screen, document.body);
  await vi.waitFor(() => expect(document.querySelector("h1")).not.toBeNull());
};
const words = () => document.body.textContent ?? "";
const field = () => document.getElementById("code") as HTMLInputElement;
const type = async (value: string) => {
  field().value = value;
  field().dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((drawn) => setTimeout(drawn));
};
const press = () => (document.querySelector(".action .primary") as HTMLButtonElement).click();

describe("whoever is on a pass", () => {
  const pass = async (more: object) => {
    const started_at = new Date(world.time - 3_600_000).toISOString();
    const id = await phone.app.commands.create("shifts", withDefaults("shifts", { team_id: "ours", district: "farsta", kind: "evening", started_at, participant_ids: [ME], ...more }));
    return phone.app.projection().get("shifts", id)!;
  };

  it("reads the code out without coverage, before the server has the pass", async () => {
    phone.isOffline = true;
    const shift = await pass({});
    await shown(h(ShiftFacts, { shift }));
    await vi.waitFor(() => expect(words()).toContain("Kod för kollegor: "));
    const code = joinCode(shift.id);
    expect(words().replace("\u00a0", " ")).toContain(`Kod för kollegor: ${code.slice(0, 3)} ${code.slice(3)}`);
  });

  it("who began one by mistake finds the way to a colleague's there", async () => {
    const shift = await pass({});
    for (const screen of [h(ShiftFacts, { shift }), h(ShiftLog, {})]) {
      render(null, document.body);
      await shown(screen);
      await vi.waitFor(() => expect(document.querySelector("a[href='/app/kod']")?.textContent).toBe("Gå med med kod"));
    }
  });

  it.each<[string, () => object]>([
    ["has ended", () => ({ ended_at: new Date(world.time).toISOString() })],
    ["was forgotten open", () => ({ started_at: new Date(world.time - 25 * 3_600_000).toISOString() })],
  ])("has none where it %s", async (_, more) => {
    await shown(h(ShiftFacts, { shift: await pass(more()) }));
    await vi.waitFor(() => expect(words()).toContain("Vilka är med?"));
    expect(words()).not.toContain("Kod för kollegor");
  });
});

describe("who joins", () => {
  it("finds the way under the list, if they walk for a team", async () => {
    await shown(h(Tonight, {}));
    expect(document.querySelector("a[href='/app/kod']")?.textContent).toBe("Gå med med kod");
    await begin("walk_coordinator");
    await shown(h(Tonight, {}));
    await vi.waitFor(() => expect(document.querySelector("a[href='/app/kod']")).toBeNull());
  });

  it("types digits, hears beside the field what is wrong, and can go on", async () => {
    await shown(h(JoinByCode, {}));
    expect([field().inputMode, field().autocomplete]).toEqual(["numeric", "off"]);
    press();
    await vi.waitFor(() => expect(document.getElementById("code-error")?.textContent).toBe("Skriv kodens sex siffror"));
    expect(field().getAttribute("aria-invalid")).toBe("true");
    expect(field().getAttribute("aria-describedby")).toBe("code-hint code-error");
    await type("482 913");
    press();
    await vi.waitFor(() => expect(words()).toContain("Vänta …"));
    await world.advance(1_000);
    await vi.waitFor(() => expect(document.getElementById("code-error")?.textContent).toContain("Inget pågående pass har den koden."));
    expect(field().value).toBe("482 913");
  });

  it("is told before asking that there is no coverage", async () => {
    phone.isOffline = true;
    phone.app.syncNow();
    await world.advance(5_000);
    await shown(h(JoinByCode, {}));
    await vi.waitFor(() => expect(document.querySelector(".notice")?.textContent).toContain("Du behöver täckning"));
  });

  it("waits for the pass to come down, and then stands on it", async () => {
    let isLost = false;
    server.fill("shifts", THEIRS, { team_id: "theirs", status: "draft", started_at: new Date(world.time).toISOString(), ended_at: null, participant_ids: ["you"] });
    server.hide(THEIRS, ME, true);
    network.joins = () => {
      server.officeEdit("shifts", THEIRS, { participant_ids: ["you", ME] });
      server.hide(THEIRS, ME, false);
      isLost = true;
      return json(200, { shift_id: THEIRS });
    };
    network.faultFor = () => (isLost ? "drop_request" : null);
    route.value = { path: "/app/kod", hash: "", query: new URLSearchParams() };
    await shown(h(JoinByCode, {}));
    await type(joinCode(THEIRS));
    press();
    await world.advance(5_000);
    await vi.waitFor(() => expect(document.querySelector("[role=status]")?.textContent).toContain("Du är med på passet."));
    expect(route.value.path).toBe("/app/kod");
    network.faultFor = () => null;
    await world.advance(120_000);
    await vi.waitFor(() => expect(route.value.path).toBe("/app"));
    expect(phone.app.projection().get("shifts", THEIRS)!.fields.participant_ids).toContain(ME);
  });
});
