import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import {
  busDevice,
  BUS_ENTITIES,
  connectorDevice,
  fakeHass,
  type FakeHass,
  type Language,
  live,
  liveBus,
  liveConnector,
} from "../../../test/hass";
import { define, mount, settle, textOf, violations } from "../../../test/mount";
import { hoursAfter, livePlan, series, slots } from "../../../test/plans";
import type { LiveBus, LivePlan } from "../../live";
import { PlanCard } from "./plan-card";

define("twc-manager-plan-card", PlanCard);

const NOON = "2026-11-29T12:00:00Z";
const PRICES = Array.from({ length: 36 }, (_, hour) => (hour >= 10 && hour < 18 ? 0.1 : 0.3));

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date", "setInterval", "clearInterval"], now: Date.parse("2026-11-29T12:20:00Z") });
});

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

function fullBus(changes: Partial<LiveBus> = {}): LiveBus {
  return liveBus({
    prices: series(NOON, PRICES),
    forecast: series(NOON, [2000, 1500, 800, 0]),
    plans: [livePlan({ slots: slots(NOON, [10, 11, 14]) })],
    ...changes,
  });
}

async function show(hass: FakeHass, buses: LiveBus[], config = {}): Promise<PlanCard> {
  const card = await mount(new PlanCard(), hass, config);
  hass.push(live(...buses));
  await settle(card);
  return card;
}

const shown = (changes: Partial<LiveBus> = {}, language: Language = "en"): Promise<PlanCard> =>
  show(fakeHass(undefined, language), [fullBus(changes)]);

const plain = (card: PlanCard): string => textOf(card).replace(/[\u00a0\u202f]/g, " ");

function buttons(card: PlanCard): HTMLButtonElement[] {
  return [...card.renderRoot.querySelectorAll<HTMLButtonElement>(".lane button")];
}

async function press(card: PlanCard, element: Element, key: string): Promise<void> {
  element.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
  await settle(card);
}

describe("the plan card", () => {
  it.each<Language>(["en", "de", "fr"])("shows all there is, in %s, without a fault for screen readers", async (language) => {
    const card = await shown({}, language);
    const texts = plain(card);
    expect(texts).toContain("Workdays");
    expect(texts).toContain(language === "en" ? "80%" : "80 %");
    expect(texts).not.toMatch(/undefined|NaN|\{|plan_card/);
    buttons(card)[0]!.click();
    await settle(card);
    expect(await violations(card)).toEqual([]);
  });

  it("says what the plan costs, and what at once would cost", async () => {
    expect(plain(await shown())).toContain("Still to be charged: 11.1 kWh, €0.74, at once it would be €2.10");
  });

  it.each<[string, Partial<LivePlan>, string]>([
    ["a wall connector", {}, "Workdays Wall Connector 032E 80%"],
    ["a vehicle that is plugged in", { vehicle: "blue" }, "Workdays Blue car · Wall Connector 032E 80%"],
    ["a vehicle that is away", { vehicle: "blue", connector: null }, "Workdays Blue car 80%"],
    ["a vehicle that was removed", { vehicle: "gone", connector: null }, "Workdays 80%"],
  ])("says whose plan it is: %s", async (_, changes, text) => {
    const card = await shown({ vehicles: [{ device_id: "blue", name: "Blue car" }], plans: [livePlan(changes)] });
    expect(plain(card).replace(/\s+/g, " ")).toContain(text);
  });

  it("does not compare where at once is no dearer", async () => {
    const plans = [livePlan({ cost: 0.74, cost_at_once: 0.74 })];
    expect(plain(await shown({ plans }))).toContain("Still to be charged: €0.74");
    expect(plain(await shown({ plans }))).not.toContain("at once");
  });

  it.each<[string, Partial<LiveBus>]>([
    ["No plan yet.", { plans: [] }],
    ["No prices are known.", { prices: [] }],
    ["No forecast of the sun is known.", { forecast: [] }],
    ["Those of tomorrow are not published yet.", { prices: series(NOON, PRICES.slice(0, 11)) }],
    ["The connection to the bus is lost.", { state: "offline" }],
    ["TWC Manager is not running.", { state: "not_loaded" }],
  ])("says: %s", async (text, changes) => {
    const card = await shown(changes);
    expect(plain(card)).toContain(text);
    expect(await violations(card)).toEqual([]);
  });

  it("has no empty chart where nothing is known", async () => {
    const card = await shown({ plans: [], prices: [], forecast: [] });
    expect(card.renderRoot.querySelector("svg")).toBeNull();
  });

  it("says that all plans are paused as soon as they are", async () => {
    const hass = fakeHass();
    const card = await show(hass, [fullBus()]);
    expect(plain(card)).not.toContain("paused");
    card.hass = hass.with({ "switch.bus_pause_plans": "on" });
    await settle(card);
    expect(plain(card)).toContain("All plans are paused.");
  });

  it.each([
    [{ possible_percent: 64, missing_kwh: 12.3 }, "64% can be reached in time; 12.3 kWh will be missing."],
    [{ possible_percent: 64 }, "64% can be reached in time."],
    [{ missing_kwh: 12.3 }, "12.3 kWh will be missing."],
    [{ goal: { kind: "kwh", value: 30 } as const, possible_kwh: 18, missing_kwh: 12 }, "18.0 kWh can be reached in time"],
    [{}, "It will not be ready in time."],
  ])("says what can be reached instead: %o", async (changes, text) => {
    expect(plain(await shown({ plans: [livePlan({ state: "unreachable", ...changes })] }))).toContain(text);
  });

  it("says when a plan that is late will be done", async () => {
    const plans = [livePlan({ state: "unreachable", ready: hoursAfter(NOON, 2), slots: slots(NOON, [0, 1, 2, 3]) })];
    expect(plain(await shown({ plans }))).toContain("It will not be ready in time. Done at about Sun 5:00 PM.");
  });

  it("says what a plan had to assume, unless it is off", async () => {
    const assumed = ["level_unknown", "prices_unknown"];
    const text = "Battery level unknown";
    expect(plain(await shown({ plans: [livePlan({ assumed })] }))).toContain(text);
    expect(plain(await shown({ plans: [livePlan({ assumed, state: "off" })] }))).not.toContain(text);
  });

  it("tells reason and cost of a planned time that is chosen, and takes it back", async () => {
    const card = await shown();
    expect(plain(card)).toContain("Choose a planned time");
    buttons(card)[0]!.click();
    await settle(card);
    const details = card.renderRoot.querySelector(".details")!.textContent!.replace(/[\s\u00a0]+/g, " ");
    expect(details).toContain("Model 3: Sun 11:00 PM – Mon 1:00 AM");
    expect(details).toContain("Cheap: €0.100/kWh instead of");
    expect(details).toContain("€0.74");
    expect(buttons(card)[0]!.getAttribute("aria-pressed")).toBe("true");
    buttons(card)[0]!.click();
    await settle(card);
    expect(plain(card)).toContain("Choose a planned time");
  });

  it("keeps what is chosen when a new plan begins it later", async () => {
    const hass = fakeHass();
    const card = await show(hass, [fullBus()]);
    buttons(card)[0]!.click();
    hass.push(live(fullBus({ plans: [livePlan({ slots: slots(NOON, [11, 14]) })] })));
    await settle(card);
    expect(plain(card)).toContain("Model 3: Mon 12:00 AM – 1:00 AM");
  });

  it("has one stop for the keyboard in each lane, and goes on by its arrows", async () => {
    const card = await shown();
    expect(buttons(card).map((button) => button.tabIndex)).toEqual([0, -1]);
    await press(card, buttons(card)[0]!, "ArrowRight");
    expect(buttons(card).map((button) => button.getAttribute("aria-pressed"))).toEqual(["false", "true"]);
    expect(buttons(card).map((button) => button.tabIndex)).toEqual([-1, 0]);
    expect((card.renderRoot as ShadowRoot).activeElement).toBe(buttons(card)[1]);
    await press(card, buttons(card)[1]!, "Home");
    expect(buttons(card)[0]!.getAttribute("aria-pressed")).toBe("true");
    await press(card, buttons(card)[0]!, "Escape");
    expect(buttons(card)[0]!.getAttribute("aria-pressed")).toBe("false");
  });

  it("moves between lanes to what is nearest in time", async () => {
    const connectors = [liveConnector(), liveConnector({ device_id: "c1839", id: "1839", vehicle: null })];
    const plans = [
      livePlan({ slots: slots(NOON, [10]) }),
      livePlan({ plan_id: "plan2", connector: "c1839", slots: slots(NOON, [2, 12]) }),
    ];
    const card = await shown({ connectors, plans });
    await press(card, buttons(card)[0]!, "ArrowDown");
    expect(buttons(card).map((button) => button.getAttribute("aria-pressed"))).toEqual(["false", "false", "true"]);
  });

  it("selects the nearest planned time when a finger touches its lane", async () => {
    const card = await shown();
    const event = new MouseEvent("click", { bubbles: true });
    Object.defineProperty(event, "offsetX", { value: 290 });
    card.renderRoot.querySelector(".lane")!.dispatchEvent(event);
    await settle(card);
    expect(buttons(card)[1]!.getAttribute("aria-pressed")).toBe("true");
  });

  it("tells price, sun and vehicles of any time by the keyboard", async () => {
    const card = await shown();
    const slider = card.renderRoot.querySelector('[role="slider"]')!;
    const value = (): string => slider.getAttribute("aria-valuetext")!.replace(/[\u00a0\u202f]/g, " ");
    expect(value()).toBe("Sun 1:20 PM · €0.300/kWh · 2.00 kW of sun expected");
    await press(card, slider, "ArrowRight");
    expect(value()).toContain("1:30 PM");
    await press(card, slider, "ArrowLeft");
    await press(card, slider, "PageUp");
    await press(card, slider, "PageUp");
    await press(card, slider, "PageUp");
    await press(card, slider, "PageUp");
    expect(value()).not.toContain("Model 3");
    await press(card, slider, "PageDown");
    expect(value()).toBe("Sun 10:00 PM · €0.300/kWh");
    await press(card, slider, "End");
    expect(value()).toContain("Tue 12:45 AM");
    expect(plain(card)).toContain(value());
    await press(card, slider, "Home");
    expect(value()).toContain("Sun 1:00 PM");
    await press(card, slider, "Escape");
    expect(plain(card)).toContain("Choose a planned time");
  });

  it("has tables with the same", async () => {
    const card = await shown();
    expect(card.renderRoot.querySelector("table")).toBeNull();
    const folded = card.renderRoot.querySelector("details")!;
    folded.open = true;
    folded.dispatchEvent(new Event("toggle"));
    await settle(card);
    const [times, prices] = [...card.renderRoot.querySelectorAll("table")];
    expect(times!.tBodies[0]!.rows).toHaveLength(2);
    expect(times!.textContent).toContain("Cheap");
    // Prices that stay the same are one row; the sun changes by the hour.
    expect(prices!.tBodies[0]!.rows).toHaveLength(7);
    expect(await violations(card)).toEqual([]);
  });

  it("never shows two currencies on one scale: each bus has its own", async () => {
    const second = { ...fullBus(), entry_id: "BUS2", device_id: "bus2", title: "Garage", currency: "NOK" };
    const hass = fakeHass([busDevice(), busDevice(BUS_ENTITIES, "BUS2", "bus2"), connectorDevice()]);
    const plan = livePlan({ plan_id: "p2", currency: "NOK", cost: 8, cost_at_once: null });
    const card = await show(hass, [fullBus(), { ...second, plans: [plan] }]);
    const sections = [...card.renderRoot.querySelectorAll("section")].map((section) => section.textContent!);
    expect(sections).toHaveLength(2);
    expect(sections[0]).toContain("EUR/kWh");
    expect(sections[0]).not.toContain("NOK");
    expect(sections[1]).toContain("Garage");
    expect(sections[1]).toContain("NOK/kWh");
    expect(sections[1]).not.toContain("€");
  });

  it("has a lane of its own look for each of six wall connectors", async () => {
    const devices = ["a", "b", "c", "d", "e", "f"];
    const connectors = devices.map((device_id) => liveConnector({ device_id, id: device_id, name: device_id, vehicle: null }));
    const plans = devices.map((connector) => livePlan({ plan_id: connector, connector, slots: slots(NOON, [10]) }));
    const card = await shown({ connectors, plans });
    const fills = [...card.renderRoot.querySelectorAll(".run")].map((rect) => rect.getAttribute("fill"));
    expect(new Set(fills).size).toBe(6);
    expect(card.renderRoot.querySelectorAll("pattern")).toHaveLength(6);
    expect(await violations(card)).toEqual([]);
  });

  it("is as wide as its card", async () => {
    let resized: (width: number) => void = () => undefined;
    class FakeObserver {
      constructor(callback: (entries: { contentRect: { width: number } }[]) => void) {
        resized = (width) => callback([{ contentRect: { width } }]);
      }
      observe(): void {}
      disconnect(): void {}
    }
    vi.stubGlobal("ResizeObserver", FakeObserver);
    const card = await shown();
    const width = (): string | null => card.renderRoot.querySelector("svg")!.getAttribute("width");
    resized(834);
    await settle(card);
    expect(width()).toBe("800");
    // A card that is not shown has no width, and one of a watch is not drawn narrower than can be read.
    resized(0);
    await settle(card);
    expect(width()).toBe("800");
    resized(120);
    await settle(card);
    expect(width()).toBe("200");
    vi.unstubAllGlobals();
  });

  it("shows curves without wall connectors", async () => {
    const card = await shown({ connectors: [], plans: [] });
    expect(card.renderRoot.querySelector(".price-line")).not.toBeNull();
  });

  it("draws a hundred planned times in little room", async () => {
    const begins = Array.from({ length: 100 }, (_, index) => 0.5 + index * 0.4);
    const plans = [livePlan({ ready: hoursAfter(NOON, 44), slots: slots(NOON, begins, {}, 0.25) })];
    const card = await shown({ plans });
    expect(buttons(card)).toHaveLength(100);
    const widths = [...card.renderRoot.querySelectorAll(".run")].map((rect) => Number(rect.getAttribute("width")));
    expect(Math.min(...widths)).toBeGreaterThanOrEqual(2);
    expect(await violations(card)).toEqual([]);
  });

  it("shows what was charged lately, from the statistics of power", async () => {
    const hass = fakeHass();
    hass.answers["recorder/statistics_during_period"] = {
      "sensor.c032e_power": [
        { start: Date.parse(NOON) - 600_000, end: Date.parse(NOON) - 300_000, mean: 3600 },
        { start: Date.parse(NOON) - 300_000, end: Date.parse(NOON), mean: null },
      ],
    };
    const card = await show(hass, [fullBus({ plans: [] })]);
    expect(card.renderRoot.querySelector(".charged")!.getAttribute("d")).not.toBe("");
  });

  it("is not drawn again because of amps and watts, which change every second", async () => {
    const hass = fakeHass();
    const card = await show(hass, [fullBus()]);
    const draw = vi.spyOn(card as unknown as { content: () => unknown }, "content");
    for (const drawn of [11, 12]) {
      hass.push(live(fullBus({ drawn, connectors: [liveConnector({ drawn })] })));
      await settle(card);
    }
    expect(draw.mock.calls.length).toBeLessThanOrEqual(1);
    hass.push(live(fullBus({ plans: [] })));
    await settle(card);
    expect(plain(card)).toContain("No plan yet.");
  });

  it("says that its device is gone", async () => {
    const card = await show(fakeHass(), [fullBus()], { device_id: "nowhere" });
    expect(plain(card)).toContain("This device no longer exists");
  });

  it("moves on with time", async () => {
    const card = await shown();
    const before = card.renderRoot.querySelector("line.now")!.getAttribute("x1");
    vi.advanceTimersByTime(10 * 60_000);
    await settle(card);
    expect(card.renderRoot.querySelector("line.now")!.getAttribute("x1")).not.toBe(before);
  });

  it("asks nothing more once it is off the page", async () => {
    const hass = fakeHass();
    const ask = vi.spyOn(hass, "callWS");
    const card = await show(hass, [fullBus()]);
    card.remove();
    ask.mockClear();
    vi.advanceTimersByTime(3_600_000);
    expect(ask).not.toHaveBeenCalled();
  });

  it("takes long names as they are, and never as markup", async () => {
    const name = `<b>${"Wallbox-in-der-Doppelgarage-".repeat(6)}</b>`;
    const card = await shown({ plans: [livePlan({ name })], connectors: [liveConnector({ vehicle: null, name })] });
    expect(plain(card)).toContain(name);
    expect(card.renderRoot.querySelector("b")).toBeNull();
  });
});
