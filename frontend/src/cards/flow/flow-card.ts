/** The card of the flow of power: sun, grid, battery, house and wall connectors, and what the limits leave. */

import { html, nothing, type CSSResultGroup, type TemplateResult } from "lit";
import { styleMap } from "lit/directives/style-map.js";
import { message, TwcCard } from "../../card-base";
import { sectionStyles } from "../section-styles";
import { busesOf, type Bus } from "../../entities";
import { formatAmps, formatPower, formatShare } from "../../format";
import { DOCUMENTATION, fireEvent, type CustomCard, type Hass } from "../../ha";
import { liveBus } from "../../live";
import type { Texts } from "../../texts";
import { flowStyles } from "./flow-card.styles";
import { icon } from "./icons";
import { picture, ROW, rowsOf } from "./lines";
import { flowView, type FlowNode, type FlowView, type Limit } from "./model";

/** What is said of a direction that is not the usual one, or may be either. */
const DIRECTIONS: Partial<Record<FlowNode["kind"], Partial<Record<FlowNode["way"], string>>>> = {
  grid: { to: "drawn", from: "fed_in" },
  battery: { to: "discharging", from: "charging" },
  rest: { to: "surplus", from: "use" },
};

export class FlowCard extends TwcCard {
  static override styles: CSSResultGroup = [TwcCard.styles, sectionStyles, flowStyles];

  override getCardSize(): number {
    return 6;
  }

  protected shownEntities(_hass: Hass): Iterable<string> {
    // All of it is pushed.
    return [];
  }

  protected content(hass: Hass, texts: Texts): TemplateResult {
    const shown = busesOf(hass, this.deviceId);
    if (shown.length === 0) return message(texts("common.device_gone"));
    if (this.live === undefined) {
      return this.failure ? message(texts("common.not_loaded")) : html`<div class="loading" aria-busy="true"></div>`;
    }
    return html`
      <h2>${texts("flow_card.title")}</h2>
      ${shown.map((bus) => this.#bus(hass, texts, bus, shown.length > 1))}
    `;
  }

  #bus(hass: Hass, texts: Texts, bus: Bus, isNamed: boolean): TemplateResult {
    const live = liveBus(this.live, bus.entryId);
    const name = isNamed ? html`<h3>${bus.name}</h3>` : nothing;
    if (live === undefined || live.state === "not_loaded") {
      return html`<section>${name}${message(texts("common.not_loaded"))}</section>`;
    }
    const view = flowView(live, bus);
    return html`<section>
      ${name}${live.state === "offline" ? html`<p class="offline">${texts("flow_card.offline")}</p>` : nothing}
      ${view.consumers.length === 0 ? message(texts("flow_card.none")) : this.#flow(hass, texts, view)}
      ${view.limits.length === 0 ? nothing : limits(hass, texts, view.limits)}
    </section>`;
  }

  #flow(hass: Hass, texts: Texts, view: FlowView): TemplateResult {
    const side = (nodes: readonly FlowNode[], kind: "sources" | "consumers"): TemplateResult =>
      html`<ul class=${kind} aria-label=${texts(`flow_card.${kind}`)}>
        ${nodes.map((node) => html`<li>${this.#node(hass, texts, node)}</li>`)}
      </ul>`;
    const size = { "--row": `${ROW}px`, height: `${rowsOf(view) * ROW}px` };
    return html`<div class="flow" style=${styleMap(size)}>
      ${side(view.sources, "sources")}${picture(view)}${side(view.consumers, "consumers")}
    </div>`;
  }

  #node(hass: Hass, texts: Texts, node: FlowNode): TemplateResult {
    const name = node.name ?? texts(`flow_card.${node.kind}`);
    const detail = detailOf(hass, texts, node);
    const inside = html`<span class="text">
        <span class="name" title=${name}>${name}</span>
        <span class="watts">${node.watts === null ? unknown(texts, node) : formatPower(hass, node.watts)}</span>
        ${detail ? html`<span class="detail">${detail}</span>` : nothing}
      </span>
      <span class="disc">${icon(node)}</span>`;
    const style = `node ${node.kind} ${node.way}`;
    if (node.entity === undefined || hass.states[node.entity] === undefined) {
      return html`<div class=${style}>${inside}</div>`;
    }
    return html`<button type="button" class=${style} @click=${() => this.#tellMore(node.entity!)}>${inside}</button>`;
  }

  #tellMore(entityId: string): void {
    fireEvent(this, "hass-more-info", { entityId });
  }
}

function unknown(texts: Texts, node: FlowNode): string {
  return texts(node.away ? "flow_card.away" : "flow_card.unknown");
}

function detailOf(hass: Hass, texts: Texts, node: FlowNode): string {
  const direction = DIRECTIONS[node.kind]?.[node.way];
  const level = node.level === null ? undefined : formatShare(hass, node.level / 100);
  return [direction && texts(`flow_card.${direction}`), level].filter(Boolean).join(" · ");
}

/** Returns what may still be drawn, and how much of what is allowed is in use. */
function limits(hass: Hass, texts: Texts, shown: readonly Limit[]): TemplateResult {
  return html`<dl>
    ${shown.map(
      ({ kind, left, used }) =>
        html`<div class=${left < 1 ? "limit full" : "limit"}>
          <dt>${texts(`flow_card.${kind}`)}</dt>
          <dd>${texts("flow_card.left", { amps: formatAmps(hass, left) })}</dd>
          <dd class="use" aria-hidden="true"><span style=${styleMap({ width: `${Math.round(used * 100)}%` })}></span></dd>
        </div>`,
    )}
  </dl>`;
}

export const flowCard: CustomCard = {
  type: "twc-manager-flow-card",
  name: "Power flow of the wall connectors",
  description: "Sun, house, grid, battery and wall connectors with their power",
  preview: true,
  documentationURL: DOCUMENTATION,
};
