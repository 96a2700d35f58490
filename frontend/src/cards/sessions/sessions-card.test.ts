import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import {
  busDevice,
  CONNECTOR_ENTITIES,
  connectorDevice,
  fakeHass,
  type FakeHass,
  type Language,
  live,
  liveBus,
  liveConnector,
} from "../../../test/hass";
import { define, mount, settle, textOf, violations } from "../../../test/mount";
import { month, session } from "../../../test/sessions";
import type { SessionsData } from "./data";
import { SessionsCard } from "./sessions-card";

define("twc-manager-sessions-card", SessionsCard);

const STARTED = Date.parse("2026-11-20T18:00:00Z");
const EVENT = "event.c032e_session";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"], now: Date.parse("2026-11-29T12:20:00Z") });
});

afterEach(() => {
  document.body.replaceChildren();
  vi.useRealTimers();
});

function house(data: Partial<SessionsData> | Error = {}, language: Language = "en"): FakeHass {
  const connector = connectorDevice("032E", [...CONNECTOR_ENTITIES, { key: "event.session", state: "2026-11-21" }]);
  const hass = fakeHass([busDevice(), connector], language);
  if (data instanceof Error) hass.callService = async () => Promise.reject(data);
  else hass.answers["twc_manager.get_sessions"] = { sessions: [session()], months: [month()], ...data };
  return hass;
}

async function shown(hass: FakeHass, config = {}): Promise<SessionsCard> {
  const card = await mount(new SessionsCard(), hass, config);
  hass.push(live(liveBus({ connectors: [liveConnector({ session: null })] })));
  await settle(card);
  await settle(card);
  return card;
}

const plain = (card: SessionsCard): string => textOf(card).replace(/[\u00a0\u202f]/g, " ");
const rows = (card: SessionsCard): HTMLTableRowElement[] => [...card.renderRoot.querySelectorAll<HTMLTableRowElement>("tr.session")];

async function click(card: SessionsCard, element: Element | null | undefined): Promise<void> {
  (element as HTMLElement).click();
  await settle(card);
  await settle(card);
}

const openFirst = (card: SessionsCard): Promise<void> => click(card, rows(card)[0]!.querySelector("button"));

describe("the sessions card", () => {
  it.each<Language>(["en", "de", "fr"])("shows a month, and a session, in %s, without a fault for screen readers", async (language) => {
    const hass = house({}, language);
    hass.answers["recorder/statistics_during_period"] = {
      "sensor.c032e_power": [{ start: STARTED, end: STARTED + 300_000, mean: 3600 }],
    };
    const card = await shown(hass);
    expect(await violations(card)).toEqual([]);
    await openFirst(card);
    expect(plain(card)).not.toMatch(/undefined|NaN|\{|sessions_card/);
    expect(card.renderRoot.querySelector('svg[role="img"]')).not.toBeNull();
    expect(await violations(card)).toEqual([]);
  });

  it("has energy, sun, cost, mean price and what charging at once would have cost", async () => {
    const card = await shown(house());
    const cells = [...rows(card)[0]!.cells].map((cell) => cell.textContent!.replace(/[\s\u00a0]+/g, " ").trim());
    expect(cells.slice(1)).toEqual(["Wall Connector 032EModel 3", "20.0 kWh", "25%", "€4.00", "€0.200/kWh", "€6.00"]);
    expect(card.renderRoot.querySelector("tfoot")!.textContent).toContain("Sessions: 1");
  });

  it("says that there is none yet", async () => {
    const card = await shown(house({ sessions: [], months: [] }));
    expect(plain(card)).toContain("No charging session has ended yet.");
    expect(await violations(card)).toEqual([]);
  });

  it("says that it loads", async () => {
    const hass = house();
    hass.callService = () => new Promise(() => undefined);
    expect(plain(await shown(hass))).toContain("Loading the sessions");
  });

  it("says why they could not be loaded, and tries again", async () => {
    const hass = house(new Error("Not allowed"));
    const card = await shown(hass);
    expect(plain(card)).toContain("The sessions could not be loaded. Not allowed");
    expect(await violations(card)).toEqual([]);
    hass.callService = async () => ({ response: { sessions: [session()], months: [] } as never });
    await click(card, card.renderRoot.querySelector(".plain"));
    expect(rows(card)).toHaveLength(1);
    expect(plain(card)).not.toContain("could not be loaded");
  });

  it("keeps what it has when new ones cannot be loaded", async () => {
    const hass = house();
    const card = await shown(hass);
    const changed = hass.with({ [EVENT]: "2026-11-29" });
    changed.callService = async () => Promise.reject(new Error("Gone"));
    card.hass = changed;
    await settle(card);
    await settle(card);
    expect(rows(card)).toHaveLength(1);
    expect(plain(card)).toContain("Gone");
  });

  it("asks anew when a session ends, and only then", async () => {
    const hass = house();
    const card = await shown(hass);
    expect(hass.calls).toHaveLength(1);
    card.hass = hass.with({ "sensor.c032e_power": "3000" });
    await settle(card);
    expect(hass.calls).toHaveLength(1);
    hass.answers["twc_manager.get_sessions"] = { sessions: [session(), session({ started: "2026-11-29T08:00:00Z" })], months: [] };
    card.hass = hass.with({ [EVENT]: "2026-11-29" });
    await settle(card);
    await settle(card);
    expect(hass.calls).toHaveLength(2);
    expect(rows(card)).toHaveLength(2);
  });

  it("notices the end of a session without the event entity too", async () => {
    const hass = fakeHass();
    hass.answers["twc_manager.get_sessions"] = { sessions: [], months: [] };
    const card = await mount(new SessionsCard(), hass);
    hass.push(live(liveBus()));
    await settle(card);
    const calls = hass.calls.length;
    hass.push(live(liveBus({ connectors: [liveConnector({ session: null })] })));
    await settle(card);
    expect(hass.calls).toHaveLength(calls + 1);
  });

  it("asks for the wall connector or the bus of its settings only", async () => {
    const hass = house();
    await shown(hass, { device_id: "c032e" });
    expect(hass.calls[0]).toMatchObject({ service: "get_sessions", target: { device_id: "c032e" } });
  });

  it("shows the session that runs", async () => {
    const hass = house();
    const card = await shown(hass);
    hass.push(live(liveBus()));
    await settle(card);
    expect(rows(card)).toHaveLength(2);
    expect(rows(card)[0]!.textContent).toContain("In progress");
  });

  it("stays open when it ends", async () => {
    const running = { kwh: 20, sun: 0.25, cost: 4, average_price: 0.2, started: "2026-11-20T18:00:00.123+00:00" };
    const hass = house({ sessions: [] });
    const card = await shown(hass);
    hass.push(live(liveBus({ connectors: [liveConnector({ session: running })] })));
    await settle(card);
    await openFirst(card);
    hass.answers["twc_manager.get_sessions"] = { sessions: [session()], months: [] };
    card.hass = hass.with({ [EVENT]: "2026-11-29" });
    await settle(card);
    await settle(card);
    expect(rows(card)).toHaveLength(1);
    expect(plain(card)).toContain("Charging endedComplete");
  });

  it("is not drawn again because of amps and watts, which change every second", async () => {
    const hass = house();
    const card = await shown(hass);
    const draw = vi.spyOn(card as unknown as { content: () => unknown }, "content");
    for (const drawn of [11, 12]) {
      hass.push(live(liveBus({ drawn, connectors: [liveConnector({ session: null, drawn })] })));
      await settle(card);
    }
    expect(draw.mock.calls.length).toBeLessThanOrEqual(1);
  });

  it("is sorted by each column, as screen readers are told", async () => {
    const cheap = session({ started: "2026-11-10T10:00:00Z", cost: 1 });
    const card = await shown(house({ sessions: [session(), cheap] }));
    const heading = (): HTMLElement => card.renderRoot.querySelector("th.cost")!;
    expect(card.renderRoot.querySelector("th.started")!.getAttribute("aria-sort")).toBe("descending");
    expect(heading().getAttribute("aria-sort")).toBe("none");
    await click(card, heading().querySelector("button"));
    expect(heading().getAttribute("aria-sort")).toBe("descending");
    await click(card, heading().querySelector("button"));
    expect(heading().getAttribute("aria-sort")).toBe("ascending");
    expect(rows(card)[0]!.textContent).toContain("€1.00");
  });

  it("goes to other months and no further", async () => {
    const card = await shown(house({ sessions: [session({ started: "2026-09-10T10:00:00Z" }), session()] }));
    const [earlier, later] = [...card.renderRoot.querySelectorAll<HTMLButtonElement>(".step")];
    expect(plain(card)).toContain("November 2026");
    expect(later!.disabled).toBe(true);
    await click(card, earlier);
    expect(plain(card)).toContain("September 2026");
    expect(earlier!.disabled).toBe(true);
    await click(card, later);
    expect(plain(card)).toContain("November 2026");
  });

  it("says that a month is empty, and that older sessions are no longer kept", async () => {
    const card = await shown(house({ sessions: [], months: [month({ month: "2026-09" })] }));
    expect(plain(card)).toContain("No sessions in this month.");
    await click(card, card.renderRoot.querySelector(".step"));
    expect(plain(card)).toContain("The sessions of this month are no longer kept one by one.");
    expect(card.renderRoot.querySelector("tfoot")!.textContent).toContain("€4.00");
  });

  it("shows a dozen at first, and all when asked", async () => {
    const sessions = Array.from({ length: 28 }, (_, day) => session({ started: new Date(Date.UTC(2026, 10, day + 1, 10)).toISOString() }));
    const card = await shown(house({ sessions }));
    expect(rows(card)).toHaveLength(12);
    expect(plain(card)).toContain("Sessions: 28");
    await click(card, [...card.renderRoot.querySelectorAll(".plain")].at(-1));
    expect(rows(card)).toHaveLength(28);
  });

  it("sums each currency by itself", async () => {
    const crowns = session({ started: "2026-11-10T10:00:00Z", cost: 30, currency: "NOK", cost_at_once: null });
    const card = await shown(house({ sessions: [session(), crowns] }));
    const sums = [...card.renderRoot.querySelectorAll("tfoot .cost div")].map((item) => item.textContent!.replace(/[\s\u00a0]+/g, " "));
    expect(sums).toEqual(["€4.00", "NOK 30.00"]);
  });
});

describe("a session", () => {
  it("opens and closes, as screen readers are told", async () => {
    const card = await shown(house());
    const button = (): Element => rows(card)[0]!.querySelector("button")!;
    expect(button().getAttribute("aria-expanded")).toBe("false");
    await openFirst(card);
    expect(button().getAttribute("aria-expanded")).toBe("true");
    expect(plain(card)).toContain("Saved by waiting €2.00");
    expect(plain(card)).toContain("Charging endedComplete");
    await openFirst(card);
    expect(card.renderRoot.querySelector("tr.details")).toBeNull();
  });

  it("says what it cost more than at once", async () => {
    const card = await shown(house({ sessions: [session({ cost_at_once: 3 })] }));
    await openFirst(card);
    expect(plain(card)).toContain("Dearer than at once €1.00");
  });

  it("has its curve from the statistics of five minutes, otherwise of hours", async () => {
    const hass = house();
    const asked: string[] = [];
    hass.callWS = async (message) => {
      asked.push(String(message["period"]));
      const found = message["period"] === "hour" ? [{ start: STARTED, end: STARTED + 3_600_000, mean: 3600 }] : [];
      return { "sensor.c032e_power": found } as never;
    };
    const card = await shown(hass);
    await openFirst(card);
    expect(asked).toEqual(["5minute", "hour"]);
    expect(plain(card)).toContain("Only the means of whole hours are kept");
    expect(card.renderRoot.querySelector("svg")!.getAttribute("aria-label")).toMatch(/at most 3.60\skW/);
  });

  it("has its curve from the history where it is short", async () => {
    const hass = house({ sessions: [session({ ended: "2026-11-20T18:20:00Z" })] });
    hass.states["sensor.c032e_power"]!.attributes["unit_of_measurement"] = "kW";
    hass.answers["history/history_during_period"] = {
      "sensor.c032e_power": [
        { s: "0", lu: STARTED / 1000 - 60 },
        { s: "3.6", lu: STARTED / 1000 + 60 },
        { s: "unavailable", lu: STARTED / 1000 + 600 },
      ],
    };
    const card = await shown(hass);
    await openFirst(card);
    expect(card.renderRoot.querySelector("svg")!.getAttribute("aria-label")).toMatch(/at most 3.60\skW/);
  });

  it("says that nothing was kept", async () => {
    const hass = house();
    hass.answers["recorder/statistics_during_period"] = {};
    const card = await shown(hass);
    await openFirst(card);
    expect(plain(card)).toContain("Home Assistant has kept no values of this time.");
  });

  it("says that the curve could not be loaded, and tries again", async () => {
    const hass = house();
    hass.callWS = async () => Promise.reject(new Error("down"));
    const card = await shown(hass);
    await openFirst(card);
    expect(plain(card)).toContain("The curve could not be loaded.");
    expect(await violations(card)).toEqual([]);
    hass.callWS = async () => ({ "sensor.c032e_power": [{ start: STARTED, end: STARTED + 300_000, mean: 1 }] }) as never;
    await click(card, card.renderRoot.querySelector(".details .plain"));
    expect(card.renderRoot.querySelector('svg[role="img"]')).not.toBeNull();
  });

  it("says that its wall connector has no power sensor", async () => {
    const card = await shown(house({ sessions: [session({ device_id: null, connector: "1839" })] }));
    await openFirst(card);
    expect(plain(card)).toContain("The power sensor of this wall connector is disabled");
  });
});

describe("the year", () => {
  const sums = [
    month({ month: "2026-11", energy_kwh: 20, cost: 4 }),
    month({ month: "2026-03", energy_kwh: 30, green_kwh: 30, grid_kwh: 0, cost: 0 }),
    month({ month: "2026-03", energy_kwh: 10, cost: 2, currency: "SEK" }),
    month({ month: "2025-12", energy_kwh: 7 }),
  ];
  const cellsOf = (card: SessionsCard): string[] =>
    rows(card).map((row) => [...row.cells].map((cell) => cell.textContent!.replace(/\s+/g, " ").trim()).join(" | "));
  const year = (card: SessionsCard): Element => card.renderRoot.querySelector("[aria-pressed]")!;

  it("has a row for each month with its sum, currencies apart, and leads to the month", async () => {
    const card = await shown(house({ months: sums }));
    await click(card, year(card));
    expect(card.renderRoot.querySelector("h3")!.textContent).toBe("2026");
    expect(cellsOf(card).map((line) => line.replace(/[\u00a0\u202f]/g, " "))).toEqual([
      "November 2026 | 20.0 kWh | 25% | €4.00 | €0.200/kWh",
      "March 2026 | 40.0 kWh | 70% | €0.00SEK 2.00 | €0.000/kWhSEK 0.200/kWh",
    ]);
    expect(plain(card)).toContain("Total 60.0 kWh");
    expect(await violations(card)).toEqual([]);
    await click(card, rows(card)[1]!.querySelector("button"));
    expect(card.renderRoot.querySelector("h3")!.textContent).toBe("March 2026");
    expect(year(card).getAttribute("aria-pressed")).toBe("false");
  });

  it("goes from year to year, and says that there is nothing yet", async () => {
    const card = await shown(house({ months: sums }));
    await click(card, year(card));
    await click(card, card.renderRoot.querySelector("[aria-label='Earlier year']"));
    expect([card.renderRoot.querySelector("h3")!.textContent, rows(card).length]).toEqual(["2025", 1]);
    expect(card.renderRoot.querySelector<HTMLButtonElement>("[aria-label='Earlier year']")!.disabled).toBe(true);
    const fresh = await shown(house({ months: [], sessions: [session()] }, "de"));
    await click(fresh, year(fresh));
    expect(plain(fresh)).toContain("Keine Ladevorgänge in diesem Jahr.");
  });
});
