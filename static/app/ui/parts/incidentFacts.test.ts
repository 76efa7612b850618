// @vitest-environment happy-dom
/** Incidents are counted; the way to the employer's own report is a link, when the installation names one. */
import { h, render } from "preact";
import { afterEach, expect, it, vi } from "vitest";
import type { Submission } from "../submit";
import { begin, connectedPhone } from "../testing/connected";
import { IncidentFacts } from "./IncidentFacts";

const URL = "https://anmalan.example/ny?typ=tillbud";
const FORM = { incidents: {}, mumin: [] } as unknown as Submission;

afterEach(() => render(null, document.body));

async function shown(): Promise<HTMLAnchorElement | null> {
  render(h(IncidentFacts, { form: FORM, central: false, onChange: () => undefined }), document.body);
  document.querySelector("button")!.click();
  await vi.waitFor(() => expect(document.body.textContent).toContain("Här räknas de bara."));
  return document.querySelector("a[target=_blank]");
}

it("leads there in a tab of its own, also after a cold start without coverage", async () => {
  const { phone } = await connectedPhone((network) => void (network.told = { incident_report_url: URL }));
  phone.isOffline = true;
  await phone.restart();
  begin(phone);
  const link = await shown();
  expect(link?.getAttribute("href")).toBe(URL);
  expect(link?.rel).toBe("noreferrer");
  expect(link?.textContent).toBe("Öppna arbetsgivarens anmälan (ny flik)");
});

it("follows the newest session answer, and is gone when the installation names none", async () => {
  const { network, phone, world } = await connectedPhone((net) => void (net.told = { incident_report_url: URL }));
  network.told = {};
  await phone.signIn("demo1");
  await world.advance(1_000);
  expect(await shown()).toBeNull();
});

it.each([{}, { incident_report_url: "" }, { incident_report_url: "javascript:alert(1)" }, { incident_report_url: "http://anmalan.example" }, { incident_report_url: null }])(
  "stays words with %j", async (told) => {
    await connectedPhone((network) => void (network.told = told as object));
    expect(await shown()).toBeNull();
  },
);
