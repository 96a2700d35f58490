/** A fake of Home Assistant's front end for tests: entities, devices, states, real translations, live data. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { DeviceEntry, EntityEntry, Hass, HassEntity } from "../src/ha";
import type { Live, LiveBus, LiveConnector } from "../src/live";

export type Language = "en" | "de" | "fr" | "es" | "it" | "nl" | "nb" | "sv";

const FOLDER = join(import.meta.dirname, "../../custom_components/twc_manager/translations");

/** Returns the texts of the integration in a language, by their full keys. */
export function translations(language: string): Map<string, string> {
  const texts = new Map<string, string>();
  const walk = (part: unknown, key: string): void => {
    if (typeof part === "string") texts.set(key, part);
    else for (const [name, inner] of Object.entries(part as object)) walk(inner, `${key}.${name}`);
  };
  walk(JSON.parse(readFileSync(join(FOLDER, `${language}.json`), "utf8")), "component.twc_manager");
  return texts;
}

/** Returns a text with its placeholders filled in, as Home Assistant's front end does it for simple ones. */
function fill(text: string, placeholders: Record<string, unknown> = {}): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(placeholders[name] ?? whole));
}

export interface Call {
  domain: string;
  service: string;
  data: Record<string, unknown>;
  target?: unknown;
}

export interface FakeHass extends Hass {
  /** The actions that were called. */
  calls: Call[];
  /** Answers of actions, by "domain.action", and of commands, by type. */
  answers: Record<string, unknown>;
  /** Sends live data to all that subscribed. */
  push(live: Live): void;
  /** How many subscriptions there are. */
  subscriptions(): number;
  /** Returns the same house with other states: `undefined` removes one. */
  with(states: Record<string, Partial<HassEntity> | string | undefined>): FakeHass;
}

export interface FakeEntity {
  key: string;
  state: string;
  attributes?: Record<string, unknown>;
  /** Leaves it out as disabled. */
  disabled?: boolean;
  hidden?: boolean;
}

export interface FakeDevice {
  id: string;
  identifier: string;
  name: string;
  entities: FakeEntity[];
}

/** Returns the id of an entity of a fake device. */
export function entityId(device: string, key: string): string {
  const [domain, name] = key.split(".");
  return `${domain}.${device}_${name}`;
}

export const ENTRY_ID = "01J0000000000000000000BUS1";

/** Returns the device of a bus with some entities. */
export function busDevice(entities: FakeEntity[] = BUS_ENTITIES, entryId = ENTRY_ID, id = "bus"): FakeDevice {
  return { id, identifier: entryId, name: "TWC Manager", entities };
}

/** Returns the device of a connector with some entities. */
export function connectorDevice(
  connector = "032E",
  entities: FakeEntity[] = CONNECTOR_ENTITIES,
  entryId = ENTRY_ID,
): FakeDevice {
  return {
    id: `c${connector.toLowerCase()}`,
    identifier: `${entryId}_${connector}`,
    name: `Wall Connector ${connector}`,
    entities,
  };
}

export const BUS_ENTITIES: FakeEntity[] = [
  { key: "binary_sensor.connection", state: "on" },
  { key: "number.total_current_limit", state: "32", attributes: { min: 0, max: 32, step: 1 } },
  { key: "number.charge_below_price", state: "0.2", attributes: { min: -1, max: 1, step: 0.01 } },
  { key: "select.mode", state: "green", attributes: { options: ["fixed", "green", "off"] } },
  { key: "sensor.green_power", state: "4200" },
  { key: "sensor.limited_by", state: "green_energy", attributes: { explanation: "Charging at up to 12 A." } },
  { key: "sensor.rule", state: "green" },
  { key: "sensor.total_current", state: "11.8" },
  { key: "sensor.total_power", state: "2714" },
  { key: "switch.charge_now", state: "off" },
  { key: "switch.pause_plans", state: "off" },
];

export const CONNECTOR_ENTITIES: FakeEntity[] = [
  { key: "binary_sensor.cable", state: "on" },
  { key: "binary_sensor.charging", state: "on" },
  { key: "binary_sensor.problem", state: "off", attributes: { device_class: "problem" } },
  { key: "number.charge_limit", state: "16", attributes: { min: 0, max: 32, step: 1 } },
  { key: "select.own_mode", state: "bus", attributes: { options: ["bus", "green", "fixed", "off"] } },
  { key: "sensor.charge_now_until", state: "unknown" },
  { key: "sensor.current", state: "11.8", attributes: { device_class: "current" } },
  { key: "sensor.lifetime_energy", state: "1234.5" },
  { key: "sensor.limited_by", state: "green_energy" },
  { key: "sensor.next_change", state: "unknown" },
  { key: "sensor.offered_current", state: "12" },
  { key: "sensor.power", state: "2714", attributes: { device_class: "power" } },
  { key: "sensor.rating", state: "32" },
  { key: "sensor.session_cost", state: "0.42" },
  { key: "sensor.session_energy", state: "3.21" },
  { key: "sensor.status", state: "charging" },
  { key: "sensor.vehicle", state: "Model 3" },
  { key: "switch.charge", state: "on" },
  { key: "switch.charge_now", state: "off" },
];

/** The keys of entities that have no translation key, as they are named after their device class. */
const NAMED_BY_CLASS = new Set(["sensor.current", "sensor.power", "binary_sensor.problem"]);

/** Returns a house with a bus and one connector, or with other devices. */
export function fakeHass(
  devices: FakeDevice[] = [busDevice(), connectorDevice()],
  language: Language = "en",
): FakeHass {
  const states: Record<string, HassEntity> = {};
  const entities: Record<string, EntityEntry> = {};
  const registry: Record<string, DeviceEntry> = {};
  for (const device of devices) {
    registry[device.id] = { id: device.id, name: device.name, identifiers: [["twc_manager", device.identifier]] };
    for (const entity of device.entities) {
      if (entity.disabled) continue;
      const id = entityId(device.id, entity.key);
      entities[id] = {
        entity_id: id,
        device_id: device.id,
        platform: "twc_manager",
        ...(NAMED_BY_CLASS.has(entity.key) ? {} : { translation_key: entity.key.split(".")[1]! }),
        ...(entity.hidden ? { hidden: true } : {}),
      };
      states[id] = stateOf(id, entity.state, entity.attributes);
    }
  }
  const texts = translations(language);
  const localize = (key: string, placeholders?: Record<string, unknown>): string =>
    fill(texts.get(key) ?? "", placeholders);
  const listeners = new Set<(live: any) => void>();
  const calls: Call[] = [];
  const answers: Record<string, unknown> = {};
  const house = {
    entities,
    devices: registry,
    config: { time_zone: "Europe/Berlin", currency: "EUR" },
    locale: { language, number_format: "language", time_format: "language", time_zone: "server" },
    language,
    themes: {},
    user: { is_admin: true },
    connection: {
      async subscribeMessage(callback: (live: any) => void) {
        listeners.add(callback);
        return () => void listeners.delete(callback);
      },
      addEventListener: () => undefined,
      removeEventListener: () => undefined,
    },
    localize: () => "",
    loadBackendTranslation: async () => localize,
    formatEntityState: (state: HassEntity, value?: string) => {
      const entry = entities[state.entity_id];
      const domain = state.entity_id.split(".")[0];
      const shown = value ?? state.state;
      return (
        texts.get(`component.twc_manager.entity.${domain}.${entry?.translation_key}.state.${shown}`) ?? shown
      );
    },
    callService: async (domain: string, service: string, data: Record<string, unknown> = {}, target?: unknown) => {
      calls.push({ domain, service, data, ...(target ? { target } : {}) });
      return { response: answers[`${domain}.${service}`] as never };
    },
    callWS: async (message: { type: string }) => answers[message.type] as never,
    calls,
    answers,
    push: (live: Live) => listeners.forEach((listener) => listener(live)),
    subscriptions: () => listeners.size,
  } satisfies Partial<FakeHass>;
  const make = (now: Record<string, HassEntity>): FakeHass => ({
    ...house,
    states: now,
    with: (changes) => make(changed(now, changes)),
  });
  return make(states);
}

function changed(
  states: Record<string, HassEntity>,
  changes: Record<string, Partial<HassEntity> | string | undefined>,
): Record<string, HassEntity> {
  const result = { ...states };
  for (const [id, change] of Object.entries(changes)) {
    if (change === undefined) delete result[id];
    else if (typeof change === "string") result[id] = stateOf(id, change, result[id]?.attributes);
    else result[id] = { ...stateOf(id, "", {}), ...result[id], ...change };
  }
  return result;
}

function stateOf(id: string, state: string, attributes: Record<string, unknown> = {}): HassEntity {
  const at = "2026-11-29T12:00:00+00:00";
  return { entity_id: id, state, attributes: { ...attributes }, last_changed: at, last_updated: at };
}

/** Returns live data of a bus, with what a test wants otherwise. */
export function liveBus(changes: Partial<LiveBus> = {}): LiveBus {
  return {
    entry_id: ENTRY_ID,
    device_id: "bus",
    title: "TWC Manager",
    state: "connected",
    sentence: ["Charging at up to 12 A: green energy."],
    reason: "green_energy",
    mode: "green",
    limit: 32,
    offered: 12,
    drawn: 11.8,
    left: { wiring: 20.2, fuse: 18, peak: null },
    flow: { sun: 4600, house: 600, grid: -1286, battery: null, battery_level: null, connectors: 2714 },
    meters: { grid: "sensor.grid_power", solar: "sensor.solar_production" },
    currency: "EUR",
    prices: [],
    forecast: [],
    plans: [],
    vehicles: [],
    connectors: [liveConnector()],
    ...changes,
  };
}

/** What is not known of a vehicle that cannot be stopped. */
export const UNKNOWN = { device_id: null, proven: false, chosen: null, rest_kwh: null, phases: null, stoppable: false };

/** Returns live data of a connector that charges. */
export function liveConnector(changes: Partial<LiveConnector> = {}): LiveConnector {
  return {
    device_id: "c032e",
    id: "032E",
    name: "Wall Connector 032E",
    sentence: ["Charging at up to 12 A: green energy."],
    status: "charging",
    reason: "green_energy",
    rule: "green",
    drawn: 11.8,
    offered: 12,
    limit: 16,
    minimum: 6,
    power: 2714,
    charge_now_until: null,
    next: null,
    vehicle: { name: "Model 3", device_id: "red", proven: false, chosen: null, level: 54, target: 80, rest_kwh: null, phases: null, stoppable: true },
    session: { started: "2026-11-29T10:00:00+00:00", kwh: 3.21, sun: 0.82, cost: 0.42, average_price: 0.1308 },
    ...changes,
  };
}

/** Returns live data with one bus. */
export function live(...buses: LiveBus[]): Live {
  return { version: "0.1.0-test", buses: buses.length > 0 ? buses : [liveBus()] };
}
