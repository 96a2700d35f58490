/** The card with the next one or two days: prices, sun, and when which vehicle charges. */

import { html, type CSSResultGroup, type PropertyValues, type TemplateResult } from "lit";

import { message, TwcCard } from "../../card-base";
import { sectionStyles } from "../section-styles";
import type { Piece } from "../../charts/pieces";
import { InnerWidth } from "../../charts/width";
import { busesOf } from "../../entities";
import { timeZone } from "../../format";
import { DOCUMENTATION, type CustomCard, type GridOptions, type Hass } from "../../ha";
import { type Live, liveBus } from "../../live";
import { loadCharged } from "./charged";
import type { Texts } from "../../texts";
import { planView } from "./model";
import { styles } from "./plan-card.styles";
import { planSection, type SectionState } from "./section";
import { PlanWords } from "./words";

const MINUTE_MS = 60_000;
/** Statistics have a new value every five minutes. */
const CHARGED_EVERY_MINUTES = 5;

export const planCard: CustomCard = {
  type: "twc-manager-plan-card",
  name: "Charging plans",
  description: "Prices, sun and planned charging of the next days",
  preview: true,
  documentationURL: DOCUMENTATION,
};

export class PlanCard extends TwcCard {
  static override properties = {
    ...TwcCard.properties,
    now: { state: true },
    charged: { state: true },
    selected: { state: true },
    cursor: { state: true },
    tables: { state: true },
  };

  static override styles: CSSResultGroup = [TwcCard.styles, sectionStyles, styles];

  declare now: number;
  declare charged: ReadonlyMap<string, readonly Piece[]>;
  /** The planned time that is shown in detail. */
  declare selected: string | null;
  /** The instant that is shown in detail, and the bus in whose curves it was chosen. */
  declare cursor: { entryId: string; at: number } | null;
  /** The buses whose tables are open. */
  declare tables: ReadonlySet<string>;

  readonly #width = new InnerWidth(this);
  #clock: ReturnType<typeof setInterval> | undefined;
  #minutes = 0;

  constructor() {
    super();
    this.now = Date.now();
    this.charged = new Map();
    this.selected = null;
    this.cursor = null;
    this.tables = new Set();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.now = Date.now();
    this.#minutes = 0;
    this.#clock = setInterval(() => this.#tick(), MINUTE_MS);
    void this.#loadCharged();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
  }

  protected override shownLive(live: Live): unknown {
    return live.buses.map(({ entry_id, title, state, currency, prices, forecast, plans, vehicles, connectors }) => {
      const plugged = connectors.map(({ device_id, vehicle }) => [device_id, vehicle?.name]);
      return [entry_id, title, state, currency, prices, forecast, plans, vehicles, plugged];
    });
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    if (changed.has("texts") || changed.has("config")) void this.#loadCharged();
  }

  /** What goes from left to right has the whole width of its section. */
  override getGridOptions(): GridOptions {
    return { ...super.getGridOptions(), columns: "full" };
  }

  override getCardSize(): number {
    return 7;
  }

  protected override *shownEntities(hass: Hass): Iterable<string> {
    for (const bus of busesOf(hass, this.deviceId)) {
      const pause = bus.entities.get("switch.pause_plans");
      if (pause !== undefined) yield pause;
    }
  }

  protected override content(hass: Hass, texts: Texts): TemplateResult {
    const shown = busesOf(hass, this.deviceId);
    if (shown.length === 0) return message(texts("common.device_gone"));
    if (this.live === undefined) {
      return this.failure ? message(texts("common.not_loaded")) : html`<div class="loading" aria-busy="true"></div>`;
    }
    const words = new PlanWords(hass, texts);
    return html`
      <h2>${words.text("title")}</h2>
      ${shown.map((bus) => {
        const found = liveBus(this.live, bus.entryId);
        if (found === undefined || found.state === "not_loaded") {
          return html`<section>${message(texts("common.not_loaded"))}</section>`;
        }
        const pause = hass.states[bus.entities.get("switch.pause_plans") ?? ""];
        const view = planView(found, {
          now: this.now,
          timeZone: timeZone(hass),
          deviceId: this.deviceId,
          isPaused: pause?.state === "on",
          names: new Map(bus.connectors.map(({ deviceId, name }) => [deviceId, name])),
          charged: this.charged,
        });
        return planSection(this.#stateOf(hass, words, view, shown.length > 1));
      })}
    `;
  }

  #stateOf(hass: Hass, words: PlanWords, view: ReturnType<typeof planView>, hasTitle: boolean): SectionState {
    return {
      view,
      words,
      hasTitle,
      timeZone: timeZone(hass),
      available: this.#width.value,
      selected: this.selected,
      cursor: this.cursor?.entryId === view.entryId ? this.cursor.at : null,
      hasTables: this.tables.has(view.entryId),
      select: (id) => {
        this.selected = id;
        this.cursor = null;
      },
      point: (at) => {
        this.cursor = at === null ? null : { entryId: view.entryId, at };
        this.selected = null;
      },
      showTables: (isOpen) => {
        const tables = new Set(this.tables);
        if (isOpen) tables.add(view.entryId);
        else tables.delete(view.entryId);
        this.tables = tables;
      },
      focus: (id) => this.#focus(id),
    };
  }

  /** Moves the focus to the button of a planned time, once it is drawn. */
  async #focus(id: string): Promise<void> {
    await this.updateComplete;
    const buttons = this.renderRoot.querySelectorAll<HTMLButtonElement>(".lane button");
    [...buttons].find((button) => button.dataset["run"] === id)?.focus();
  }

  #tick(): void {
    this.now = Date.now();
    this.#minutes += 1;
    if (this.#minutes % CHARGED_EVERY_MINUTES === 0) void this.#loadCharged();
  }

  /** Asks what was charged lately; without an answer the card shows only what is to come. */
  async #loadCharged(): Promise<void> {
    const hass = this.hass;
    if (hass === undefined || !this.isConnected) return;
    try {
      this.charged = await loadCharged(hass, this.deviceId, Date.now());
    } catch {
      this.charged = new Map();
    }
  }
}
