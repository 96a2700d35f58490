/** Finds the devices and entities of the integration, whatever they are called. */

import { DOMAIN, type DeviceEntry, type EntityEntry, type Hass } from "./ha";

/**
 * The entities used here, as domain and translation key; those that are named after their device class have that.
 * A test of the integration checks that each exists.
 */
export const KEYS = [
  "binary_sensor.cable",
  "binary_sensor.charging",
  "binary_sensor.connection",
  "binary_sensor.problem",
  "event.session",
  "number.charge_below_price",
  "number.charge_limit",
  "number.grid_share",
  "number.priority",
  "number.reserved_power",
  "number.stop_at",
  "number.total_current_limit",
  "select.mode",
  "select.own_mode",
  "sensor.charge_now_until",
  "sensor.current",
  "sensor.energy_battery",
  "sensor.energy_green",
  "sensor.energy_grid",
  "sensor.green_power",
  "sensor.lifetime_energy",
  "sensor.limited_by",
  "sensor.month_cost",
  "sensor.next_change",
  "sensor.offered_current",
  "sensor.power",
  "sensor.price",
  "sensor.rating",
  "sensor.rule",
  "sensor.session_cost",
  "sensor.session_energy",
  "sensor.session_started",
  "sensor.status",
  "sensor.total_current",
  "sensor.total_power",
  "sensor.vehicle",
  "sensor.year_cost",
  "switch.charge",
  "switch.charge_now",
  "switch.pause_plans",
  "switch.plan",
  "switch.skip_plan",
] as const;

/** The models of the devices that a card can be of: buses and connectors, not vehicles or plans. A test compares them. */
export const MODELS = ["RS-485", "Wall Connector Gen 2"] as const;

export type EntityKey = (typeof KEYS)[number];

/** The enabled and visible entities of one device, by key. */
export type Entities = ReadonlyMap<EntityKey, string>;

export interface Connector {
  readonly deviceId: string;
  /** Its id on the bus, such as "032E". */
  readonly id: string;
  readonly name: string;
  readonly entities: Entities;
}

export interface Bus {
  readonly entryId: string;
  readonly deviceId: string;
  readonly name: string;
  readonly entities: Entities;
  readonly connectors: readonly Connector[];
}

const CONNECTOR = /^(?<entryId>[^_.]+)_(?<id>[0-9A-F]{4})$/;
const KNOWN: ReadonlySet<string> = new Set(KEYS);

interface Found {
  readonly entities: unknown;
  readonly devices: unknown;
  readonly buses: readonly Bus[];
  readonly byDevice: ReadonlyMap<string, Entities>;
  /** Entities that are named after their device class, which comes with a state: not always with the first one. */
  readonly unnamed: readonly string[];
}

let found: Found | undefined;

/** Returns all buses with their connectors, in the order of their names; looked for anew when a registry changed. */
export function findBuses(hass: Hass): readonly Bus[] {
  if (!hasRegistries(hass)) return [];
  if (found === undefined || !isValid(found, hass)) found = lookFor(hass);
  return found.buses;
}

/** Returns the entities of any of our devices, such as a vehicle. */
export function entitiesOf(hass: Hass, deviceId: string): Entities {
  findBuses(hass);
  return found?.byDevice.get(deviceId) ?? new Map();
}

/** Returns whether Home Assistant's page knows its devices and entities: at its start it does not. */
export function hasRegistries(hass: { entities?: unknown; devices?: unknown }): boolean {
  return Boolean(hass.entities && hass.devices);
}

function isValid(last: Found, hass: Hass): boolean {
  return (
    last.entities === hass.entities &&
    last.devices === hass.devices &&
    !last.unnamed.some((id) => classOf(hass, id) !== undefined)
  );
}

/** Returns the connectors of all buses, or those of a device: a bus or a connector. */
export function connectorsOf(hass: Hass, deviceId?: string): readonly Connector[] {
  const buses = findBuses(hass);
  if (deviceId === undefined) return buses.flatMap((bus) => bus.connectors);
  return (
    buses.find((bus) => bus.deviceId === deviceId)?.connectors ??
    buses.flatMap((bus) => bus.connectors).filter((connector) => connector.deviceId === deviceId)
  );
}

/** Returns all buses, or the one of a device: a bus or a connector. */
export function busesOf(hass: Hass, deviceId?: string): readonly Bus[] {
  const buses = findBuses(hass);
  if (deviceId === undefined) return buses;
  return buses.filter(
    (bus) => bus.deviceId === deviceId || bus.connectors.some((connector) => connector.deviceId === deviceId),
  );
}

/** Returns the name of a device as its owner calls it; a device without any is called by its id. */
function nameOf(device: DeviceEntry, id: string): string {
  return device.name_by_user?.trim() || device.name?.trim() || id;
}

function lookFor(hass: Hass): Found {
  const own = Object.values(hass.entities).filter((entry) => entry.platform === DOMAIN && !entry.hidden);
  const byDevice = entitiesByDevice(hass, own);
  return {
    entities: hass.entities,
    devices: hass.devices,
    byDevice,
    buses: busesIn(hass, byDevice),
    unnamed: own
      .filter((entry) => !entry.translation_key && classOf(hass, entry.entity_id) === undefined)
      .map((entry) => entry.entity_id),
  };
}

function busesIn(hass: Hass, entities: Map<string, Entities>): Bus[] {
  const buses = new Map<string, { device: DeviceEntry; connectors: Connector[] }>();
  const connectors: [string, Connector][] = [];
  for (const device of Object.values(hass.devices)) {
    const identifier = device.identifiers.find(([domain]) => domain === DOMAIN)?.[1];
    if (identifier === undefined || identifier.includes(".")) continue;
    const match = CONNECTOR.exec(identifier)?.groups;
    if (match === undefined) {
      buses.set(identifier, { device, connectors: [] });
      continue;
    }
    const own = entities.get(device.id) ?? new Map();
    connectors.push([match["entryId"]!, { deviceId: device.id, id: match["id"]!, name: nameOf(device, match["id"]!), entities: own }]);
  }
  for (const [entryId, connector] of connectors) buses.get(entryId)?.connectors.push(connector);
  return [...buses]
    .map(([entryId, { device, connectors: own }]) => ({
      entryId,
      deviceId: device.id,
      name: nameOf(device, "TWC Manager"),
      entities: entities.get(device.id) ?? new Map(),
      connectors: own.sort(byName),
    }))
    .sort(byName);
}

function byName(one: { name: string; deviceId: string }, other: { name: string; deviceId: string }): number {
  return one.name.localeCompare(other.name, undefined, { numeric: true }) || one.deviceId.localeCompare(other.deviceId);
}

function entitiesByDevice(hass: Hass, entries: readonly EntityEntry[]): Map<string, Map<EntityKey, string>> {
  const byDevice = new Map<string, Map<EntityKey, string>>();
  for (const entry of entries) {
    if (!entry.device_id) continue;
    const key = keyOf(hass, entry);
    if (key === undefined) continue;
    let own = byDevice.get(entry.device_id);
    if (own === undefined) byDevice.set(entry.device_id, (own = new Map()));
    own.set(key, entry.entity_id);
  }
  return byDevice;
}

function classOf(hass: Hass, entityId: string): string | undefined {
  return hass.states[entityId]?.attributes["device_class"];
}

/** Returns the key of an entity of ours; undefined for one that is not used here. */
export function keyOf(hass: Hass, entry: EntityEntry): EntityKey | undefined {
  const domain = entry.entity_id.split(".", 1)[0];
  const name = entry.translation_key ?? classOf(hass, entry.entity_id);
  const key = `${domain}.${name}`;
  return KNOWN.has(key) ? (key as EntityKey) : undefined;
}
