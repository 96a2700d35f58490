import { afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  busDevice,
  connectorDevice,
  fakeHass,
  live,
  liveBus,
  liveConnector,
  type FakeHass,
  type Language,
} from "../../../test/hass";
import { define, mount, settle, textOf, violations } from "../../../test/mount";
import type { Live } from "../../live";
import { FlowCard } from "./flow-card";

const CARD = "twc-manager-flow-card";
const FLOW = { sun: 4600, house: 600, grid: -1286, battery: 850, battery_level: 64, connectors: 2714 };
const METERS = { grid: "sensor.grid_power", solar: "sensor.sun", battery: "sensor.battery" };
const IDS = ["032E", "1839", "2431", "3A01", "3A02", "3A03"];

beforeAll(() => define(CARD, FlowCard));
afterEach(() => document.body.replaceChildren());

async function shown(hass: FakeHass, data: Live | undefined, config = {}): Promise<FlowCard> {
  const card = await mount(document.createElement(CARD) as FlowCard, hass, config);
  if (data !== undefined) hass.push(data);
  await settle(card);
  return card;
}

const house = (language: Language = "en"): FakeHass =>
  fakeHass([busDevice(), connectorDevice()], language).with({ "sensor.grid_power": "-1286" });

const part = (card: FlowCard, selector: string): HTMLElement[] => [
  ...card.shadowRoot!.querySelectorAll<HTMLElement>(selector),
];

const words = (element: HTMLElement): string => element.textContent!.replace(/\s+/g, " ").trim();

describe("the flow card", () => {
  test("says in words what the picture shows", async () => {
    const card = await shown(house(), live(liveBus({ flow: FLOW, meters: METERS })));
    expect(part(card, "li").map(words)).toEqual([
      "Sun 4.60 kW",
      "Grid 1.29 kW fed in",
      "House battery 850 W discharging · 64%",
      "House 600 W",
      "Wall Connector 032E 2.71 kW",
    ]);
    expect(part(card, "ul").map((list) => list.getAttribute("aria-label"))).toEqual(["Supply", "Consumption"]);
    expect(part(card, ".lines")[0]!.getAttribute("aria-hidden")).toBe("true");
    expect(await violations(card)).toEqual([]);
  });

  test("moves a dot along each line on which something flows", async () => {
    const flow = { ...FLOW, battery: 3, house: null };
    const card = await shown(house(), live(liveBus({ flow, meters: METERS })));
    expect(part(card, ".dot").map(({ className }) => className)).toEqual([
      "dot sun to",
      "dot grid from",
      "dot connector from",
    ]);
    expect(part(card, ".arrow")).toHaveLength(3);
    const styles = [FlowCard.styles].flat(9).join("");
    expect(styles).toMatch(/prefers-reduced-motion: reduce\) \{\s*\.dot \{\s*display: none/);
  });

  test("says what the budget for peak power leaves", async () => {
    const card = await shown(house(), live(liveBus({ left: { wiring: 20.2, fuse: null, peak: 3.5 } })));
    expect(part(card, ".limit").map(words)).toEqual(["Wiring 20.2 A left", "Peak power budget 3.5 A left"]);
  });

  test("says what wiring and main fuse still leave, and nothing of a budget that does not exist", async () => {
    const card = await shown(house(), live(liveBus({ left: { wiring: 20.2, fuse: 0, peak: null } })));
    expect(part(card, ".limit").map(words)).toEqual(["Wiring 20.2 A left", "Main fuse 0 A left"]);
    expect(part(card, ".limit.full").map(words)).toEqual(["Main fuse 0 A left"]);
    expect(part(card, ".use span").map(({ style }) => style.width)).toEqual(["37%", "100%"]);
  });

  test.each<[Language, string]>([
    ["en", "Grid 1.29 kW fed in"],
    ["de", "Netz 1,29 kW Einspeisung"],
    ["fr", "Réseau 1,29 kW injection"],
    ["sv", "Elnät 1,29 kW inmatning"],
  ])("speaks %s", async (language, grid) => {
    const card = await shown(house(language), live(liveBus({ flow: FLOW, meters: METERS })));
    expect(textOf(card).replaceAll("\u00a0", " ")).toContain(grid);
    expect(textOf(card)).not.toContain("{");
  });

  test("opens the entity behind a part by mouse and keyboard; what is calculated opens nothing", async () => {
    const card = await shown(house(), live(liveBus({ flow: FLOW, meters: METERS })));
    const buttons = part(card, "button");
    // The sun's sensor has no state, and the house is no sensor at all.
    expect(buttons.map((button) => words(button).split(" ")[0])).toEqual(["Grid", "Wall"]);
    const opened: unknown[] = [];
    card.addEventListener("hass-more-info", (event) => opened.push((event as CustomEvent).detail));
    buttons[0]!.click();
    expect(opened).toEqual([{ entityId: "sensor.grid_power" }]);
  });

  test("shows six connectors with long names, and one that does not answer", async () => {
    const name = "Wall Connector in der Tiefgarage, Stellplatz 17, ganz hinten links";
    const connectors = IDS.map((id, place) => liveConnector({ id, power: place === 0 ? null : 1000 * place }));
    const hass = fakeHass([busDevice(), ...IDS.map((id) => ({ ...connectorDevice(id), name }))]);
    const card = await shown(hass, live(liveBus({ connectors, flow: FLOW, meters: METERS })));
    const items = part(card, ".consumers li").map(words);
    expect(items).toHaveLength(7);
    expect(items[1]).toBe(`${name} no answer`);
    expect(part(card, ".name").at(-1)!.title).toBe(name);
    expect(await violations(card)).toEqual([]);
  });

  test("calls a connector as its owner does, and one without a device by its own name", async () => {
    const hass = fakeHass([busDevice(), connectorDevice()]);
    hass.devices["c032e"]!.name_by_user = "Garage";
    const connectors = [liveConnector(), liveConnector({ id: "1839", device_id: null, name: "Wall Connector 1839" })];
    const card = await shown(hass, live(liveBus({ connectors })));
    expect(part(card, ".connector .name").map(words)).toEqual(["Garage", "Wall Connector 1839"]);
  });

  test("says that none has been found where there is none", async () => {
    const card = await shown(fakeHass([busDevice()]), live(liveBus({ connectors: [], flow: { ...FLOW, house: null } })));
    expect(textOf(card)).toContain("No wall connector has been found yet.");
  });

  test("says that the adapter is gone, and goes on with what the meters say", async () => {
    const gone = liveBus({ state: "offline", drawn: null, left: { wiring: null, fuse: null, peak: null } });
    const card = await shown(house(), live({ ...gone, connectors: [liveConnector({ power: null })] }));
    expect(textOf(card)).toContain("The adapter of the bus is gone.");
    expect(textOf(card)).toContain("4.60");
    expect(part(card, "dl")).toHaveLength(0);
    expect(await violations(card)).toEqual([]);
  });

  test("says that a bus is not loaded, and that a device is gone", async () => {
    expect(textOf(await shown(house(), live(liveBus({ state: "not_loaded" }))))).toContain("TWC Manager is not running");
    expect(textOf(await shown(house(), live(), { device_id: "gone" }))).toContain("This device no longer exists");
  });

  test("is busy until the first data come", async () => {
    expect(part(await shown(house(), undefined), "[aria-busy]")).toHaveLength(1);
  });

  test("names the buses if there are two, and shows one if it is chosen", async () => {
    const second = "01J0000000000000000000BUS2";
    const hass = fakeHass([
      busDevice(),
      connectorDevice(),
      { ...busDevice([], second, "bus2"), name: "Garage" },
      connectorDevice("1839", [], second),
    ]);
    const buses = [
      liveBus(),
      liveBus({ entry_id: second, device_id: "bus2", connectors: [liveConnector({ id: "1839" })] }),
    ];
    const both = await shown(hass, live(...buses));
    expect(part(both, "h3").map(words)).toEqual(["Garage", "TWC Manager"]);
    const one = await shown(hass, live(...buses), { device_id: "bus2" });
    expect(part(one, "h3")).toHaveLength(0);
    expect(textOf(one)).toContain("1839");
    expect(textOf(one)).not.toContain("032E");
  });
});
