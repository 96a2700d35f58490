import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { busDevice, connectorDevice, entityId, fakeHass, live, liveBus, liveConnector, type FakeHass, type Language } from "../test/hass";
import { define, mount, settle, textOf, violations } from "../test/mount";
import { livePlan, slots } from "../test/plans";
import { ConnectorCard } from "./cards/connector/connector-card";
import { ConnectorPanel } from "./cards/connector/connector-panel";
import { FlowCard } from "./cards/flow/flow-card";
import { PlanCard } from "./cards/plan/plan-card";
import { SessionsCard } from "./cards/sessions/sessions-card";
import type { TwcCard } from "./card-base";
import type { Live } from "./live";
import { DashboardStrategy, ViewStrategy } from "./strategy/dashboard";

const CARDS = {
  "twc-manager-connector-card": ConnectorCard,
  "twc-manager-flow-card": FlowCard,
  "twc-manager-plan-card": PlanCard,
  "twc-manager-sessions-card": SessionsCard,
};
const NAMES = [
  "<img src=x onerror=alert(1)><script>alert(2)</script>",
  "{{ states('sun.sun') }} ${1} {0} {amps}",
  "\u202eעברית مرحبا\u202c",
  "👨‍👩‍👧‍👦🚗⚡".repeat(6),
  "W".repeat(200),
  "",
];
const AT = "2026-11-29T12:00:00Z";

beforeAll(() => {
  for (const [name, element] of Object.entries(CARDS)) define(name, element);
  define("twc-manager-connector-panel", ConnectorPanel);
});
afterEach(() => document.body.replaceChildren());

function houseOf(name: string, language: Language = "en"): { hass: FakeHass; data: Live } {
  const hass = fakeHass([{ ...busDevice(), name }, { ...connectorDevice(), name }], language);
  const vehicle = { ...liveConnector().vehicle!, name };
  const data = live(
    liveBus({
      title: name,
      currency: name.slice(0, 20),
      sentence: [name],
      plans: [livePlan({ name, connector: "c032e", slots: slots(AT, [1, 2]) })],
      vehicles: [{ device_id: "car", name }],
      connectors: [liveConnector({ name, sentence: [name], vehicle })],
      meters: { grid: "sensor.gone", solar: "sensor.gone" },
    }),
  );
  return { hass, data };
}

async function shown(element: string, hass: FakeHass, data: Live | undefined, config = {}): Promise<TwcCard> {
  const card = await mount(document.createElement(element) as TwcCard, hass, config);
  if (data !== undefined) hass.push(data);
  await drawn(card);
  return card;
}

async function drawn(card: TwcCard): Promise<void> {
  await settle(card);
  for (const panel of card.shadowRoot!.querySelectorAll("twc-manager-connector-panel")) await settle(panel as never);
}

describe.each(Object.keys(CARDS))("%s", (element) => {
  test.each(NAMES)("shows whatever people call their things as text: %s", async (name) => {
    const { hass, data } = houseOf(name);
    const card = await shown(element, hass, data);
    expect(card.shadowRoot!.querySelectorAll("img, script, b > img")).toHaveLength(0);
    expect(await violations(card)).toEqual([]);
  });

  test("draws nothing before the registries are there, and all of it afterwards", async () => {
    const { hass, data } = houseOf("Garage");
    const early = { ...hass, entities: undefined, devices: undefined } as unknown as FakeHass;
    const card = await shown(element, early, data);
    expect(textOf(card)).toBe("");
    card.hass = hass;
    await drawn(card);
    expect(textOf(card)).not.toBe("");
  });

  test("follows the language of the user while it is open", async () => {
    const { hass, data } = houseOf("Garage");
    const card = await shown(element, hass, data);
    const english = textOf(card);
    const german = { ...fakeHass([{ ...busDevice(), name: "Garage" }, { ...connectorDevice(), name: "Garage" }], "de") };
    card.hass = german;
    german.push(data);
    await drawn(card);
    expect(textOf(card)).not.toBe(english);
    expect(hass.subscriptions() + german.subscriptions()).toBeGreaterThan(0);
  });

  test.each([null, undefined, "", "gone"])("bears %j as its device", async (device_id) => {
    const { hass, data } = houseOf("Garage");
    expect(textOf(await shown(element, hass, data, { device_id }))).not.toBe("");
  });

  test("is about nothing without rights, and says so", async () => {
    const { hass } = houseOf("Garage");
    hass.connection.subscribeMessage = () => Promise.reject({ code: "unauthorized" });
    const card = await shown(element, hass, undefined);
    expect(textOf(card)).toBe("Your user is not allowed to see these wall connectors.");
  });

  test("bears states that are gone or make no sense", async () => {
    const { hass, data } = houseOf("Garage");
    const nonsense = Object.fromEntries(Object.keys(hass.states).map((id) => [id, { state: "NaN", attributes: {} }]));
    await shown(element, hass.with(nonsense), data);
    const gone = Object.fromEntries(Object.keys(hass.states).map((id) => [id, undefined]));
    const card = await shown(element, hass.with(gone), data);
    expect(card.hass!.states[entityId("c032e", "sensor.status")]).toBeUndefined();
    expect(textOf(card)).not.toMatch(/NaN|undefined|null|Invalid/);
  });
});

describe("the dashboard", () => {
  test.each([{ connectors: "c032e" }, { connectors: null }, { connectors: [5, {}] }, { history: null }, { compact: "yes" }])(
    "bears %j in its configuration",
    async (options) => {
      const config = { type: "custom:twc-manager", ...options } as never;
      const { views } = await DashboardStrategy.generate(config, fakeHass());
      for (const { strategy } of views) {
        const { sections } = await ViewStrategy.generate(strategy, fakeHass());
        expect(sections.flatMap(({ cards }) => cards).map(({ type }) => type)).not.toContain("markdown");
      }
    },
  );

  test("bears that the registries are not there yet", async () => {
    const early = { ...fakeHass(), entities: undefined, devices: undefined } as never;
    await expect(ViewStrategy.generate({ type: "custom:twc-manager", view: "overview" }, early)).resolves.toBeDefined();
  });
});
