/** The views of the dashboard, put together from the buses as they are now. */

import type { Bus, Connector, EntityKey } from "../entities";
import type { LovelaceCardConfig } from "../ha";
import type { Texts } from "../texts";

export interface Section {
  type: "grid";
  cards: LovelaceCardConfig[];
  /** How many columns of the view it takes, where there are so many. */
  column_span?: number;
}

export interface View {
  type: "sections";
  max_columns: number;
  sections: Section[];
}

const DAYS = 30;
const MONTHS = 12;
const WHOLE_WIDTH = { columns: "full" };
const SOURCES: EntityKey[] = ["sensor.energy_green", "sensor.energy_battery", "sensor.energy_grid"];

/**
 * Returns the view of what happens now: for each bus each connector, the house, and the plans. On a phone they are read
 * one after the other, and what a connector does is what one has come for.
 */
export function overview(buses: readonly Bus[], texts: Texts, compact: boolean): View {
  const sections = buses.flatMap((bus) => {
    const names = buses.length > 1 ? [heading(bus.name, "mdi:ev-station")] : [];
    const [first, ...others] = [
      ...bus.connectors.map((connector) => section(card("connector", connector.deviceId))),
      house(bus, compact),
    ];
    return [section(...names, ...first!.cards), ...others, wide(card("plan", bus.deviceId))];
  });
  return view(sections.length > 0 ? sections : [section(noBus(texts))]);
}

/** Returns the view of what was charged. */
export function history(buses: readonly Bus[], texts: Texts): View {
  const sections = buses.flatMap((bus) => {
    const names = buses.length > 1 ? [heading(bus.name, "mdi:ev-station")] : [];
    return [
      wide(...names, card("sessions", bus.deviceId)),
      section(
        ...sums(bus.connectors, texts("dashboard.by_day"), "day", DAYS),
        ...sums(bus.connectors, texts("dashboard.by_month"), "month", 31 * MONTHS),
        ...power(bus, texts("dashboard.power")),
      ),
    ];
  });
  const filled = sections.filter((item) => item.cards.length > 0);
  return view(filled.length > 0 ? filled : [section(noBus(texts))]);
}

function view(sections: Section[]): View {
  return { type: "sections", max_columns: 4, sections };
}

function section(...cards: LovelaceCardConfig[]): Section {
  return { type: "grid", cards };
}

/** Returns a section for what is read from left to right; it has twice the columns for its cards, too. */
function wide(...cards: LovelaceCardConfig[]): Section {
  return { ...section(...cards.map((item) => ({ ...item, grid_options: WHOLE_WIDTH }))), column_span: 2 };
}

function card(name: string, deviceId: string): LovelaceCardConfig {
  return { type: `custom:twc-manager-${name}-card`, device_id: deviceId };
}

function heading(text: string, icon: string): LovelaceCardConfig {
  return { type: "heading", heading: text, icon };
}

function noBus(texts: Texts): LovelaceCardConfig {
  return { type: "markdown", content: texts("common.no_bus"), grid_options: WHOLE_WIDTH };
}

/** Returns the section of a house: where the power goes, and what holds for all connectors. */
function house(bus: Bus, compact: boolean): Section {
  return section(card("flow", bus.deviceId), ...(compact ? [] : settings(bus)));
}

/** Returns tiles for what one sets of the whole bus; an entity that is disabled has none. */
function settings(bus: Bus): LovelaceCardConfig[] {
  return [
    ...tile(bus, "select.mode", { features: [{ type: "select-options" }], features_position: "inline" }),
    ...tile(bus, "number.total_current_limit", { features: [{ type: "custom:twc-manager-amps" }] }),
    ...tile(bus, "switch.charge_now", { features: [{ type: "toggle" }], features_position: "inline" }),
    ...tile(bus, "sensor.total_power", {}, 6),
    ...tile(bus, "sensor.total_current", {}, 6),
  ];
}

function tile(
  bus: Bus,
  key: EntityKey,
  options: Record<string, unknown>,
  columns: number | "full" = "full",
): LovelaceCardConfig[] {
  const entity = bus.entities.get(key);
  if (entity === undefined) return [];
  return [{ type: "tile", entity, name: { type: "entity" }, grid_options: { columns }, ...options }];
}

/** Returns a graph of the energy of each day or month: by its sources if they are known, otherwise by connector. */
function sums(
  connectors: readonly Connector[],
  title: string,
  period: "day" | "month",
  days: number,
): LovelaceCardConfig[] {
  const entities = energies(connectors);
  if (entities.length === 0) return [];
  return [
    {
      type: "statistics-graph",
      title,
      entities,
      stat_types: ["change"],
      chart_type: "bar-stack",
      period,
      days_to_show: days,
      grid_options: WHOLE_WIDTH,
    },
  ];
}

/** Returns what the graphs add up, named by what tells it apart. */
function energies(connectors: readonly Connector[]): { entity: string; name: unknown }[] {
  const of = (keys: EntityKey[], name: unknown): { entity: string; name: unknown }[] =>
    connectors.flatMap((connector) =>
      keys.flatMap((key) => {
        const entity = connector.entities.get(key);
        return entity === undefined ? [] : [{ entity, name }];
      }),
    );
  const isBySource = connectors.every((connector) => connector.entities.has("sensor.energy_grid"));
  if (!isBySource) return of(["sensor.lifetime_energy"], { type: "device" });
  return of(SOURCES, connectors.length > 1 ? [{ type: "device" }, { type: "entity" }] : { type: "entity" });
}

function power(bus: Bus, title: string): LovelaceCardConfig[] {
  const keys = bus.connectors.flatMap((connector) => connector.entities.get("sensor.power") ?? []);
  if (keys.length === 0) return [];
  const entities = keys.map((entity) => ({ entity, name: { type: "device" } }));
  return [{ type: "history-graph", title, hours_to_show: 24, entities, grid_options: WHOLE_WIDTH }];
}
