/** The card of a wall connector, or of all of a bus. */

import { html, type PropertyValues, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { message, TwcCard } from "../../card-base";
import { busesOf, connectorsOf, entitiesOf, keyOf, type Connector, type EntityKey } from "../../entities";
import { DOCUMENTATION, DOMAIN, type CustomCard, type GridOptions, type Hass, type LovelaceCardConfig } from "../../ha";
import { liveConnector } from "../../live";
import type { Texts } from "../../texts";
import { controlStyles } from "./control-styles";
import { connectorStyles } from "./styles";

const TYPE = "twc-manager-connector-card";

/** The entities of a connector, and of its bus, whose states are shown. */
const OF_CONNECTOR: readonly EntityKey[] = [
  "number.charge_limit",
  "select.own_mode",
  "sensor.charge_now_until",
  "sensor.current",
  "sensor.offered_current",
  "sensor.rating",
  "sensor.status",
  "sensor.vehicle",
  "switch.charge",
  "switch.charge_now",
];
const OF_VEHICLE: readonly EntityKey[] = ["number.stop_at"];
const OF_BUS: readonly EntityKey[] = ["select.mode"];

/** The entities for which the card is suggested: one would be offered for too many otherwise. */
const SUGGESTED: ReadonlySet<string> = new Set<EntityKey>(["sensor.status", "number.charge_limit"]);

export class ConnectorCard extends TwcCard {
  static override styles = [TwcCard.styles, connectorStyles, controlStyles];

  static override getStubConfig(hass?: Hass): { device_id?: string } {
    const first = hass === undefined ? undefined : connectorsOf(hass)[0];
    return first === undefined ? {} : { device_id: first.deviceId };
  }

  override getCardSize(): number {
    return 9 * Math.max(1, this.hass === undefined ? 1 : connectorsOf(this.hass, this.deviceId).length);
  }

  override getGridOptions(): GridOptions {
    return { columns: 12, rows: "auto", min_columns: 6 };
  }

  protected *shownEntities(hass: Hass): Iterable<string> {
    for (const bus of busesOf(hass, this.deviceId)) yield* idsOf(bus, OF_BUS);
    for (const connector of connectorsOf(hass, this.deviceId)) {
      yield* idsOf(connector, OF_CONNECTOR);
      const vehicle = liveConnector(this.live, connector.deviceId)?.vehicle?.device_id;
      if (vehicle) yield* idsOf({ entities: entitiesOf(hass, vehicle) }, OF_VEHICLE);
    }
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    // What the browser itself draws, such as the choice of a time, follows the theme, too.
    this.style.colorScheme = this.hass?.themes?.darkMode === true ? "dark" : "light";
  }

  protected content(hass: Hass, texts: Texts): TemplateResult {
    const connectors = connectorsOf(hass, this.deviceId);
    if (connectors.length === 0) {
      return message(texts(busesOf(hass, this.deviceId).length === 0 ? "common.device_gone" : "connector_card.none"));
    }
    return html`<div class="connectors">
      ${repeat(
        connectors,
        ({ deviceId }) => deviceId,
        (connector) => this.#panel(hass, texts, connector),
      )}
    </div>`;
  }

  #panel(hass: Hass, texts: Texts, connector: Connector): TemplateResult {
    return html`<twc-manager-connector-panel
      .hass=${hass}
      .texts=${texts}
      .bus=${busesOf(hass, connector.deviceId)[0]}
      .connector=${connector}
      .live=${this.live}
      .failure=${this.failure}
    ></twc-manager-connector-panel>`;
  }
}

function idsOf(owner: Pick<Connector, "entities">, keys: readonly EntityKey[]): string[] {
  return keys.flatMap((key) => owner.entities.get(key) ?? []);
}

/** Returns the card for an entity of a connector that stands for all of it; null for others. */
function suggestion(hass: Hass, entityId: string): { config: LovelaceCardConfig } | null {
  const entry = hass.entities[entityId];
  if (entry?.platform !== DOMAIN || !entry.device_id || !SUGGESTED.has(keyOf(hass, entry) ?? "")) return null;
  return { config: { type: `custom:${TYPE}`, device_id: entry.device_id } };
}

export const connectorCard: CustomCard = {
  type: TYPE,
  name: "Wall connector",
  description: "What a wall connector does now, why, and what comes next; with its settings",
  preview: true,
  documentationURL: DOCUMENTATION,
  getEntitySuggestion: suggestion,
};
