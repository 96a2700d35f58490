/** What all cards have in common. */

import { css, html, LitElement, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from "lit";
import { findBuses, hasRegistries, MODELS, type Bus } from "./entities";
import { DOMAIN, type ConfigForm, type GridOptions, type Hass, type TwcCardConfig } from "./ha";
import { isOutdated, watchLive, type Live, type LiveFailure } from "./live";
import { loadedTexts, takeTexts, type Texts } from "./texts";

/** The cards on the page, in the order in which they came: only the first one tells what concerns all. */
const cards = new Set<TwcCard>();

export abstract class TwcCard extends LitElement {
  static override properties = {
    config: { state: true },
    live: { state: true },
    failure: { state: true },
    texts: { state: true },
  };

  static override styles: CSSResultGroup = css`
    :host {
      display: block;
      height: 100%;
    }
    ha-card {
      height: 100%;
      box-sizing: border-box;
      overflow: hidden;
    }
    .message {
      padding: 16px;
      color: var(--secondary-text-color);
    }
    .notice {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px;
      padding: 12px 16px;
      border-bottom: 1px solid var(--divider-color);
    }
    .notice button {
      font: inherit;
      color: var(--primary-color);
      background: none;
      border: 1px solid var(--divider-color);
      border-radius: 8px;
      padding: 8px 12px;
      min-height: 40px;
      cursor: pointer;
    }
  `;

  declare config: TwcCardConfig;
  declare live: Live | undefined;
  declare failure: LiveFailure | undefined;
  declare texts: Texts | undefined;

  #hass: Hass | undefined;
  #unwatch: (() => void) | undefined;
  #language: string | undefined;
  #shown: string | undefined;

  static getConfigForm(): ConfigForm {
    return deviceForm();
  }

  static getStubConfig(): Partial<TwcCardConfig> {
    return {};
  }

  /**
   * Takes the card's configuration. A device that is gone is no error: it may come back.
   *
   * Throws an error if it makes no sense.
   */
  setConfig(config: TwcCardConfig): void {
    const device = config?.device_id;
    if (device !== undefined && device !== null && typeof device !== "string") {
      throw new Error(loadedTexts()?.("common.wrong_device") || "device_id has to be the id of a device");
    }
    this.config = config;
  }

  getCardSize(): number {
    return 4;
  }

  getGridOptions(): GridOptions {
    return { columns: 12, rows: "auto", min_columns: 6 };
  }

  get hass(): Hass | undefined {
    return this.#hass;
  }

  /** Takes the present state of the house, at each change of anything in it; draws only if the card shows it. */
  set hass(hass: Hass | undefined) {
    const before = this.#hass;
    this.#hass = hass;
    if (hass === undefined) return;
    if (before === undefined || this.#differs(before, hass)) this.requestUpdate();
    if (this.#language !== hass.language) {
      this.#language = hass.language;
      takeTexts(hass, (texts) => {
        if (hass.language === this.#language) this.texts = texts;
      });
      this.#watch();
    }
  }

  /** The device that is shown; undefined for all. */
  protected get deviceId(): string | undefined {
    return this.config?.device_id || undefined;
  }

  /** All buses. */
  protected get buses(): readonly Bus[] {
    return this.#hass === undefined ? [] : findBuses(this.#hass);
  }

  /** Returns the ids of the entities whose states are shown. */
  protected abstract shownEntities(hass: Hass): Iterable<string>;

  /** Returns the inside of the card; there are texts and at least one bus. */
  protected abstract content(hass: Hass, texts: Texts): TemplateResult | typeof nothing;

  /** Returns the part of the live data that is shown, if a change of the rest draws nothing: amps change every second. */
  protected shownLive?(live: Live): unknown;

  protected override shouldUpdate(changed: PropertyValues): boolean {
    if (this.shownLive === undefined || changed.size !== 1 || !changed.has("live")) return true;
    const shown = JSON.stringify(this.live && [this.live.version, this.shownLive(this.live)]);
    if (shown === this.#shown) return false;
    this.#shown = shown;
    return true;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    cards.add(this);
    this.#watch();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    cards.delete(this);
    this.#unwatch?.();
    this.#unwatch = undefined;
  }

  protected override render(): TemplateResult | typeof nothing {
    const hass = this.#hass;
    const texts = this.texts;
    if (hass === undefined || !hasRegistries(hass) || texts === undefined || !this.config) return nothing;
    return html`<ha-card>${this.#notice(texts)}${this.#inside(hass, texts)}</ha-card>`;
  }

  #inside(hass: Hass, texts: Texts): TemplateResult | typeof nothing {
    if (this.failure === "refused") return message(texts("common.refused"));
    if (this.buses.length === 0) return message(texts("common.no_bus"));
    return this.content(hass, texts);
  }

  /** Tells once on a page that it has to be reloaded, as after an update of the integration. */
  #notice(texts: Texts): TemplateResult | typeof nothing {
    if (!isOutdated(this.live) || [...cards][0] !== this) return nothing;
    return html`<div class="notice" role="status">
      <span>${texts("common.reload_needed")}</span>
      <button type="button" @click=${() => location.reload()}>${texts("common.reload")}</button>
    </div>`;
  }

  #differs(before: Hass, hass: Hass): boolean {
    if (
      before.locale !== hass.locale ||
      before.language !== hass.language ||
      before.themes !== hass.themes ||
      before.entities !== hass.entities ||
      before.devices !== hass.devices
    ) {
      return true;
    }
    if (before.states === hass.states) return false;
    for (const id of this.shownEntities(hass)) if (before.states[id] !== hass.states[id]) return true;
    return false;
  }

  #watch(): void {
    this.#unwatch?.();
    this.#unwatch = undefined;
    if (this.#hass === undefined || !this.isConnected) return;
    this.#unwatch = watchLive(this.#hass, (live, failure) => {
      this.live = live;
      this.failure = failure;
    });
  }
}

/** Returns a card's only line of text. */
export function message(text: string): TemplateResult {
  return html`<div class="message">${text}</div>`;
}

/** Returns an editor with one choice: the device. */
export function deviceForm(): ConfigForm {
  return {
    schema: [{ name: "device_id", selector: { device: { filter: MODELS.map((model) => ({ integration: DOMAIN, model })) } } }],
    computeLabel: () => loadedTexts()?.("common.device") ?? "",
    computeHelper: () => loadedTexts()?.("common.device_helper") ?? "",
  };
}
