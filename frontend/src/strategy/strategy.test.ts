import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { busDevice, connectorDevice, fakeHass, translations, type FakeHass } from "../../test/hass";
import { define } from "../../test/mount";
import type { LovelaceCardConfig } from "../ha";
import { DashboardStrategy, ViewStrategy } from "./dashboard";
import { StrategyEditor, valuesOf, withValues } from "./editor";
import type { StrategyConfig, ViewConfig } from "./options";

const CONFIG: StrategyConfig = { type: "custom:twc-manager" };
const SECOND = "01J0000000000000000000BUS2";

beforeAll(() => define("twc-manager-strategy-editor", StrategyEditor));
afterEach(() => document.body.replaceChildren());

async function cardsOf(hass: FakeHass, view: ViewConfig["view"], config = CONFIG): Promise<LovelaceCardConfig[]> {
  const { sections } = await ViewStrategy.generate({ ...config, view }, hass);
  return sections.flatMap((section) => section.cards);
}

function typesOf(cards: LovelaceCardConfig[], deviceId?: string): string[] {
  return cards.filter((card) => deviceId === undefined || card["device_id"] === deviceId).map((card) => card.type);
}

describe("the dashboard", () => {
  test("has a view of now and one of what was charged, in the user's language", async () => {
    const { views } = await DashboardStrategy.generate(CONFIG, fakeHass(undefined, "de"));
    expect(views.map((view) => view.title)).toEqual(["Wall Connectors", "Verlauf"]);
    expect(await DashboardStrategy.getCreateSuggestions(fakeHass(undefined, "de"))).toEqual({
      title: "Wall Connectors",
      icon: "mdi:ev-station",
    });
  });

  test("hands what was chosen on to its views", async () => {
    const { views } = await DashboardStrategy.generate({ ...CONFIG, compact: true, history: false }, fakeHass());
    expect(views.map((view) => view.strategy)).toEqual([
      { type: "custom:twc-manager", compact: true, history: false, view: "overview" },
    ]);
  });

  test("shows the house, each connector and the plans", async () => {
    const cards = await cardsOf(fakeHass([busDevice(), connectorDevice("032E"), connectorDevice("1839")]), "overview");
    expect(typesOf(cards, "bus")).toEqual(["custom:twc-manager-flow-card", "custom:twc-manager-plan-card"]);
    expect(typesOf(cards, "c032e")).toEqual(["custom:twc-manager-connector-card"]);
    expect(typesOf(cards, "c1839")).toEqual(["custom:twc-manager-connector-card"]);
    const tiles = cards.filter((card) => card.type === "tile").map((card) => card["entity"]);
    expect(tiles).toContain("select.bus_mode");
    expect(tiles).toContain("number.bus_total_current_limit");
  });

  test("begins with the connectors, which a phone shows first, and shows the house alone before there are any", async () => {
    const first = async (hass: FakeHass): Promise<string> => (await cardsOf(hass, "overview"))[0]!.type;
    expect(await first(fakeHass())).toBe("custom:twc-manager-connector-card");
    expect(await first(fakeHass([busDevice()]))).toBe("custom:twc-manager-flow-card");
  });

  test("gives what is read from left to right twice the width, and all of it", async () => {
    for (const view of ["overview", "history"] as const) {
      const { sections } = await ViewStrategy.generate({ ...CONFIG, view }, fakeHass());
      const wide = sections.filter((section) => section.column_span === 2);
      expect(wide.flatMap((section) => section.cards.map((card) => card["grid_options"]))).toEqual([{ columns: "full" }]);
    }
  });

  test("has no tile for an entity that is disabled, and none at all if it is compact", async () => {
    const entities = busDevice().entities.filter((item) => item.key !== "switch.charge_now");
    const hass = fakeHass([busDevice(entities), connectorDevice()]);
    const tiles = (await cardsOf(hass, "overview")).filter((card) => card.type === "tile");
    expect(tiles.map((card) => card["entity"])).not.toContain("switch.bus_charge_now");
    expect(tiles.length).toBeGreaterThan(0);
    expect(typesOf(await cardsOf(hass, "overview", { ...CONFIG, compact: true }))).not.toContain("tile");
  });

  test("names the buses if there are two, and each has its own", async () => {
    const hass = fakeHass([
      busDevice(),
      connectorDevice("032E"),
      { ...busDevice([], SECOND, "carport"), name: "Carport" },
      connectorDevice("1839", undefined, SECOND),
    ]);
    const { sections } = await ViewStrategy.generate({ ...CONFIG, view: "overview" }, hass);
    const headings = sections.map((section) => section.cards[0]!["heading"] ?? null);
    expect(headings).toEqual(["Carport", null, null, "TWC Manager", null, null]);
    const cards = sections.flatMap((section) => section.cards);
    expect(typesOf(cards, "carport")).toEqual(["custom:twc-manager-flow-card", "custom:twc-manager-plan-card"]);
  });

  test("shows only the connectors that were chosen, and all if these are gone", async () => {
    const hass = fakeHass([
      busDevice(),
      connectorDevice("032E"),
      busDevice([], SECOND, "carport"),
      connectorDevice("1839", undefined, SECOND),
    ]);
    const chosen = await cardsOf(hass, "overview", { ...CONFIG, connectors: ["c032e", "gone"] });
    expect(typesOf(chosen, "c032e")).toHaveLength(1);
    expect(typesOf(chosen, "c1839")).toHaveLength(0);
    expect(typesOf(chosen, "carport")).toHaveLength(0);
    expect(typesOf(await cardsOf(hass, "overview", { ...CONFIG, connectors: ["gone"] }), "carport")).toHaveLength(2);
  });

  test("says in words that there is no bus yet", async () => {
    for (const view of ["overview", "history"] as const) {
      const cards = await cardsOf(fakeHass([], "fr"), view);
      expect(cards.map((card) => card["content"])).toEqual([
        translations("fr").get("component.twc_manager.config_panel.common.no_bus"),
      ]);
    }
  });

  test("shows what was charged by day and by month, and the sessions", async () => {
    const cards = await cardsOf(fakeHass(), "history");
    expect(typesOf(cards)).toEqual([
      "custom:twc-manager-sessions-card",
      "statistics-graph",
      "statistics-graph",
      "history-graph",
    ]);
    expect(cards[1]).toMatchObject({ period: "day", entities: [{ entity: "sensor.c032e_lifetime_energy" }] });
    expect(cards[2]).toMatchObject({ period: "month" });
  });

  test("shows where the energy came from if that is recorded", async () => {
    const sources = ["sensor.energy_green", "sensor.energy_grid"].map((key) => ({ key, state: "1" }));
    const device = connectorDevice();
    const hass = fakeHass([busDevice(), { ...device, entities: [...device.entities, ...sources] }]);
    expect((await cardsOf(hass, "history"))[1]).toMatchObject({
      entities: [{ entity: "sensor.c032e_energy_green" }, { entity: "sensor.c032e_energy_grid" }],
    });
  });
});

describe("the editor of the dashboard", () => {
  test("stores only what is not as it comes, and what others have stored", () => {
    const config = { ...CONFIG, compact: true, other: 1 };
    expect(valuesOf(config)).toEqual({ connectors: [], compact: true, history: true });
    expect(withValues(config, { connectors: [], compact: false, history: true })).toEqual({ ...CONFIG, other: 1 });
    expect(withValues(CONFIG, { connectors: ["c032e"], compact: true, history: false })).toEqual({
      ...CONFIG,
      connectors: ["c032e"],
      compact: true,
      history: false,
    });
  });

  test("offers the connectors by name, and tells what was chosen", async () => {
    const editor = DashboardStrategy.getConfigElement() as StrategyEditor;
    editor.setConfig(CONFIG);
    editor.hass = fakeHass();
    document.body.append(editor);
    for (let turn = 0; turn < 10; turn += 1) await editor.updateComplete;
    const form = editor.shadowRoot!.querySelector("ha-form") as any;
    expect(form.schema[0].selector.select.options).toEqual([{ value: "c032e", label: "Wall Connector 032E" }]);
    for (const field of form.schema) {
      expect(form.computeLabel(field)).not.toBe("");
      expect(form.computeHelper(field)).not.toBe("");
    }
    const sent: unknown[] = [];
    editor.addEventListener("config-changed", (event) => sent.push((event as CustomEvent).detail.config));
    form.dispatchEvent(new CustomEvent("value-changed", { detail: { value: { compact: true } } }));
    expect(sent).toEqual([{ ...CONFIG, compact: true }]);
  });
});
