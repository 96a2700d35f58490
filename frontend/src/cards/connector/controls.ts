/** What one does daily at a connector: the controls of its entities, with their true states. */

import { entitiesOf, type Bus, type Connector, type EntityKey } from "../../entities";
import { allSteps } from "../../features/amps-steps";
import { isKnown, type Hass, type HassEntity } from "../../ha";
import type { LiveBus, LiveConnector, LiveVehicle } from "../../live";
import type { Texts } from "../../texts";

export interface Toggle {
  readonly entityId: string;
  readonly on: boolean;
}

export interface ModeChoice {
  readonly entityId: string;
  readonly mode: string;
  readonly options: readonly { value: string; name: string }[];
}

export interface LimitChoice {
  readonly entityId: string;
  readonly amps: number;
  /** All amps that are accepted, in rising order; none while the connector is paused and keeps its limit for later. */
  readonly steps: readonly number[];
}

export interface LevelChoice {
  readonly entityId: string;
  /** In %. */
  readonly level: number;
  readonly levels: readonly number[];
}

export interface VehicleChoice {
  /** A device, "guest", or "" for what is found out. */
  readonly chosen: string;
  readonly options: readonly { value: string; name: string }[];
  /** Whether the one that was chosen is not taken to be here, by what is known of it. */
  readonly isElsewhere: boolean;
}

/** The controls that there are; null for one whose entity is missing, disabled or unavailable. */
export interface Controls {
  readonly chargeNow: Toggle | null;
  readonly charge: Toggle | null;
  readonly mode: ModeChoice | null;
  readonly limit: LimitChoice | null;
  /** The level at which the vehicle that is plugged in stops. */
  readonly stopAt: LevelChoice | null;
}

const AS_BUS = "bus";
const GREEN = "green";
/** The levels that are offered, in %. */
const LEVELS = [50, 60, 70, 80, 90, 100];
/** What the action and the live data call a vehicle that is none of those that were added. */
export const GUEST = "guest";
/** The meters from which the surplus follows: without any of them green energy is refused. */
const SURPLUS_METERS = ["grid", "solar"];

/** Returns the controls of a connector. */
export function controlsOf(
  hass: Hass,
  bus: Bus | undefined,
  connector: Connector,
  liveBus: LiveBus | undefined,
  live: LiveConnector | undefined,
): Controls {
  const charge = toggle(hass, connector, "switch.charge");
  const limit = limitChoice(hass, connector, live);
  return {
    chargeNow: toggle(hass, connector, "switch.charge_now"),
    charge,
    mode: modeChoice(hass, bus, connector, liveBus),
    stopAt: levelChoice(hass, live?.vehicle),
    limit: charge !== null && limit !== null ? keptWhilePaused(limit, live) : limit,
  };
}

/** Returns the state of one of the entities; undefined if it says nothing. */
export function stateOf(hass: Hass, owner: Pick<Connector, "entities"> | undefined, key: EntityKey): HassEntity | undefined {
  const id = owner?.entities.get(key);
  const state = id === undefined ? undefined : hass.states[id];
  return isKnown(state) ? state : undefined;
}

/** Returns the number that an entity shows; null if it shows none. */
export function numberOf(hass: Hass, owner: Pick<Connector, "entities">, key: EntityKey): number | null {
  const value = Number.parseFloat(stateOf(hass, owner, key)?.state ?? "");
  return Number.isFinite(value) ? value : null;
}

function toggle(hass: Hass, connector: Connector, key: EntityKey): Toggle | null {
  const state = stateOf(hass, connector, key);
  return state === undefined ? null : { entityId: state.entity_id, on: state.state === "on" };
}

function modeChoice(hass: Hass, bus: Bus | undefined, connector: Connector, liveBus: LiveBus | undefined): ModeChoice | null {
  const state = stateOf(hass, connector, "select.own_mode");
  const all: unknown = state?.attributes["options"];
  if (state === undefined || !Array.isArray(all)) return null;
  const options = (all as string[])
    .filter((option) => option !== GREEN || state.state === GREEN || mayFollowGreen(liveBus))
    .map((option) => ({ value: option, name: modeName(hass, bus, state, option) }));
  return { entityId: state.entity_id, mode: state.state, options };
}

/** Returns whether green energy is measured; a user who may not read the meters is not told of them. */
function mayFollowGreen(liveBus: LiveBus | undefined): boolean {
  return liveBus?.mode === GREEN || SURPLUS_METERS.some((role) => liveBus?.meters[role] !== undefined);
}

/** Returns the name of a mode; that of all connectors with the mode that they have. */
function modeName(hass: Hass, bus: Bus | undefined, state: HassEntity, option: string): string {
  const name = hass.formatEntityState(state, option);
  const busMode = option === AS_BUS ? stateOf(hass, bus, "select.mode") : undefined;
  return busMode === undefined ? name : `${name} (${hass.formatEntityState(busMode)})`;
}

/** Returns the choice of the vehicle that is plugged in; null where there is none to choose, or a VIN tells. */
export function vehicleChoice(texts: Texts, bus: LiveBus | undefined, live: LiveConnector | undefined): VehicleChoice | null {
  const vehicle = live?.vehicle;
  if (!vehicle || vehicle.proven || !bus?.vehicles.length) return null;
  return {
    chosen: vehicle.chosen ?? "",
    isElsewhere: vehicle.chosen !== null && vehicle.chosen !== GUEST && vehicle.name === null,
    options: [
      { value: "", name: automatic(texts, vehicle) },
      ...bus.vehicles.map(({ device_id, name }) => ({ value: device_id, name })),
      { value: GUEST, name: texts("connector_card.vehicle_guest") },
    ],
  };
}

/** Returns the choice of the level at which a vehicle stops; null where its level is not known: nothing would stop it. */
function levelChoice(hass: Hass, vehicle: LiveVehicle | null | undefined): LevelChoice | null {
  if (!vehicle?.device_id || vehicle.level === null) return null;
  const owner = { entities: entitiesOf(hass, vehicle.device_id) };
  const level = numberOf(hass, owner, "number.stop_at");
  if (level === null) return null;
  const levels = [...new Set([...LEVELS, level])].sort((one, other) => one - other);
  return { entityId: owner.entities.get("number.stop_at")!, level, levels };
}

/** Returns what leaves it to what is known, with the vehicle that is. */
function automatic(texts: Texts, { name, chosen }: LiveVehicle): string {
  const text = texts("connector_card.vehicle_automatic");
  return name === null || chosen !== null ? text : `${text} (${name})`;
}

function limitChoice(hass: Hass, connector: Connector, live: LiveConnector | undefined): LimitChoice | null {
  const state = stateOf(hass, connector, "number.charge_limit");
  const amps = numberOf(hass, connector, "number.charge_limit");
  const maximum: unknown = state?.attributes["max"];
  if (state === undefined || amps === null || typeof maximum !== "number") return null;
  const steps = allSteps({ minimum: live?.minimum ?? null, maximum });
  return { entityId: state.entity_id, amps, steps };
}

/** Returns the limit that holds again once a connector is not paused: meanwhile the entity is at 0 A. */
function keptWhilePaused(choice: LimitChoice, live: LiveConnector | undefined): LimitChoice {
  const kept = live?.limit;
  return choice.amps > 0 || kept == null ? choice : { ...choice, amps: kept, steps: [] };
}
