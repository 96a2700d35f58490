/** The parts of Home Assistant's front end that are used here. */

export interface HassEntity {
  entity_id: string;
  state: string;
  attributes: Record<string, any>;
  last_changed: string;
  last_updated: string;
}

/** An entry of `hass.entities`: disabled entities are missing. */
export interface EntityEntry {
  entity_id: string;
  device_id?: string | null;
  platform?: string;
  translation_key?: string | null;
  entity_category?: string | null;
  hidden?: boolean;
}

export interface DeviceEntry {
  id: string;
  name: string | null;
  name_by_user?: string | null;
  identifiers: [string, string][];
  area_id?: string | null;
}

export interface FrontendLocale {
  language: string;
  number_format: string;
  time_format: string;
  date_format?: string;
  time_zone?: string;
}

export type Localize = (key: string, placeholders?: Record<string, unknown>) => string;

export interface HassConnection {
  subscribeMessage<T>(
    callback: (message: T) => void,
    message: { type: string; [key: string]: unknown },
    options?: { resubscribe?: boolean },
  ): Promise<() => Promise<void> | void>;
  addEventListener(type: "ready", listener: () => void): void;
  removeEventListener(type: "ready", listener: () => void): void;
}

export interface Hass {
  states: Record<string, HassEntity>;
  entities: Record<string, EntityEntry>;
  devices: Record<string, DeviceEntry>;
  config: { time_zone: string; currency?: string; language?: string; state?: string };
  locale: FrontendLocale;
  language: string;
  themes?: { darkMode?: boolean };
  user?: { is_admin: boolean };
  connection: HassConnection;
  localize: Localize;
  loadBackendTranslation(category: string, integration?: string): Promise<Localize>;
  formatEntityState(state: HassEntity, value?: string): string;
  callService<T = unknown>(
    domain: string,
    service: string,
    data?: Record<string, unknown>,
    target?: { entity_id?: string | string[]; device_id?: string | string[] },
    notifyOnError?: boolean,
    returnResponse?: boolean,
  ): Promise<{ response?: T }>;
  callWS<T>(message: { type: string; [key: string]: unknown }): Promise<T>;
}

export interface LovelaceCardConfig {
  type: string;
  [key: string]: unknown;
}

/** A card of our own: none or one device. */
export interface TwcCardConfig extends LovelaceCardConfig {
  device_id?: string;
}

export interface GridOptions {
  columns?: number | "full";
  rows?: number | "auto";
  min_columns?: number;
  max_columns?: number;
  min_rows?: number;
  max_rows?: number;
}

export interface FormSchema {
  name: string;
  required?: boolean;
  selector: Record<string, unknown>;
}

export interface ConfigForm {
  schema: FormSchema[];
  computeLabel?: (schema: FormSchema, localize: Localize) => string | undefined;
  computeHelper?: (schema: FormSchema, localize: Localize) => string | undefined;
}

/** What the card picker is told of a card. */
export interface CustomCard {
  type: string;
  name: string;
  description: string;
  preview?: boolean;
  documentationURL?: string;
  getEntitySuggestion?: (hass: Hass, entityId: string) => { config: LovelaceCardConfig; label?: string } | null;
}

export interface CustomCardFeature {
  type: string;
  name: string;
  configurable?: boolean;
  isSupported: (hass: Hass, context: { entity_id?: string }) => boolean;
}

export interface CustomStrategy {
  type: string;
  strategyType: "dashboard" | "view" | "section";
  name: string;
  description: string;
  documentationURL?: string;
}

declare global {
  interface Window {
    customCards?: CustomCard[];
    customCardFeatures?: CustomCardFeature[];
    customStrategies?: CustomStrategy[];
    loadCardHelpers?: () => Promise<{ createCardElement(config: LovelaceCardConfig): HTMLElement & { hass?: Hass } }>;
  }
}

export const DOMAIN = "twc_manager";
export const DOCUMENTATION = "https://github.com/twc-manager/twc-manager";

/** Sends an event that Home Assistant's front end listens for, such as `hass-more-info`. */
export function fireEvent(node: EventTarget, type: string, detail: unknown = {}): void {
  node.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
}

/** Whether an entity has a state that says something. */
export function isKnown(state: HassEntity | undefined): state is HassEntity {
  return state !== undefined && state.state !== "unavailable" && state.state !== "unknown";
}
