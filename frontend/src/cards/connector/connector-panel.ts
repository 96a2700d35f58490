/** One wall connector on a card: what it does, why, what comes next, and what one does daily. */

import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { live } from "lit/directives/live.js";
import type { Bus, Connector } from "../../entities";
import { stepAt } from "../../features/amps-steps";
import { formatAmps, formatShare, timeZone } from "../../format";
import { DOMAIN, fireEvent, type Hass } from "../../ha";
import { liveBus, type Live, type LiveFailure } from "../../live";
import type { Texts } from "../../texts";
import { answerPart, type PlanAnswer, type SetPlanResponse } from "./answer";
import { GUEST, type LevelChoice, type LimitChoice, type ModeChoice, type Toggle, type VehicleChoice } from "./controls";
import { factsPart, gaugePart, vehiclePart } from "./parts";
import { planForm, usualWish } from "./plan-form";
import { isOwnPlan, planAt, type GoalKind, type PlanWish } from "./planning";
import { refusalText } from "./refusal";
import { Requests } from "./requests";
import { connectorView, type ConnectorView } from "./view";

/** So long the browser may take to tell of a change after the slider was let go. */
const LET_GO_MS = 100;

/** Sentences of more characters are written smaller. */
const LONG_STATEMENT = 80;

/** So often durations are shown anew, in ms: they are in minutes. */
const TICK_MS = 15_000;

/** It is drawn into the card itself, whose styles hold for it. */
export class ConnectorPanel extends LitElement {
  static override properties = {
    hass: { attribute: false },
    texts: { attribute: false },
    bus: { attribute: false },
    connector: { attribute: false },
    live: { attribute: false },
    failure: { attribute: false },
    wish: { state: true },
    answer: { state: true },
    dragged: { state: true },
  };

  declare hass: Hass | undefined;
  declare texts: Texts | undefined;
  declare bus: Bus | undefined;
  declare connector: Connector | undefined;
  declare live: Live | undefined;
  declare failure: LiveFailure | undefined;
  /** What is in the form of a plan; undefined while it is closed. */
  declare wish: PlanWish | undefined;
  /** What the action said that set a plan; undefined once it is put away. */
  declare answer: PlanAnswer | undefined;
  /** The amps at which the slider is held; undefined while it is not. */
  declare dragged: number | undefined;

  readonly #requests = new Requests(this, (error) => refusalText(this.hass!, this.texts!, error));
  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#timer = setInterval(() => this.requestUpdate(), TICK_MS);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.get("wish") === undefined && changed.has("wish") && this.wish !== undefined) {
      this.querySelector<HTMLElement>(".plan-form input")?.focus();
    }
  }

  protected override render(): TemplateResult | typeof nothing {
    const { hass, texts, bus, connector, live: data, failure } = this;
    if (hass === undefined || texts === undefined || connector === undefined) return nothing;
    const view = connectorView({ hass, texts, bus, connector, live: data, failure, now: Date.now() });
    return html`<section class="connector ${view.tone}" aria-label=${connector.name}>
      <div class="columns">
        <div class="column">
          <header>
            <h2>${this.#name(connector)}</h2>
            ${vehiclePart(view.vehicle)}
          </header>
          ${this.#statement(view)} ${this.#refusal(texts)}
          ${view.gauge === null && view.session.length === 0
            ? nothing
            : html`<div class="now">${gaugePart(view.gauge)}${factsPart(view.session)}</div>`}
        </div>
        <div class="column">
          ${this.#actions(texts, view)} ${this.#mode(texts, view.controls.mode)} ${this.#choice(texts, view.choice)}
          ${this.#stopAt(hass, texts, view.controls.stopAt)}
          ${this.#limit(hass, texts, view.controls.limit)} ${view.canPlan ? this.#plan(hass, texts, view) : nothing}
        </div>
      </div>
    </section>`;
  }

  #name(connector: Connector): TemplateResult {
    const entityId = connector.entities.get("sensor.status");
    if (entityId === undefined) return html`${connector.name}`;
    return html`<button type="button" class="name" @click=${() => fireEvent(this, "hass-more-info", { entityId })}>
      ${connector.name}
    </button>`;
  }

  #statement({ statement, soon, tone }: ConnectorView): TemplateResult {
    return html`<p class="statement ${statement.length > LONG_STATEMENT ? "long" : ""}">
      ${tone === "problem" ? html`<ha-icon icon="mdi:alert-outline"></ha-icon>` : nothing}${statement}
      ${soon === null ? nothing : html`<span class="soon">(${soon})</span>`}
    </p>`;
  }

  #refusal(texts: Texts): TemplateResult | typeof nothing {
    const { refusal } = this.#requests;
    if (refusal === null) return nothing;
    return html`<div class="refusal" role="alert">
      <span>${refusal}</span>
      <button type="button" aria-label=${texts("connector_card.dismiss")} @click=${() => this.#requests.dismiss()}>
        <ha-icon icon="mdi:close"></ha-icon>
      </button>
    </div>`;
  }

  #actions(texts: Texts, { controls, chargeNowEnd }: ConnectorView): TemplateResult | typeof nothing {
    const { chargeNow, charge } = controls;
    const mayCharge = charge === null || this.#requests.shown("charge", charge.on);
    const isNow = chargeNow !== null && this.#requests.shown("charge_now", chargeNow.on);
    // While the connector is paused, charging now would change nothing.
    const first = chargeNow !== null && (mayCharge || isNow);
    if (!first && charge === null) return nothing;
    return html`<div class="actions">
      ${first
        ? this.#action(texts, "charge_now", chargeNow, isNow ? ["end_charge_now", "flash-off"] : ["charge_now", "flash"], chargeNowEnd)
        : nothing}
      ${charge === null
        ? nothing
        : this.#action(texts, "charge", charge, mayCharge ? ["pause", "pause"] : ["resume", "play"], null)}
    </div>`;
  }

  #action(
    texts: Texts,
    control: string,
    toggle: Toggle,
    [label, icon]: [string, string],
    detail: string | null,
  ): TemplateResult {
    const on = this.#requests.shown(control, toggle.on);
    const service = on ? "turn_off" : "turn_on";
    return html`<button
      type="button"
      class="action ${control} ${on ? "on" : "off"}"
      aria-busy=${this.#requests.isOpen(control) ? "true" : nothing}
      @click=${() => this.#call(control, !on, "switch", service, {}, { entity_id: toggle.entityId })}
    >
      <ha-icon icon="mdi:${icon}"></ha-icon>
      <span>
        <span class="label">${texts(`connector_card.${label}`)}</span>
        ${detail === null ? nothing : html`<span class="detail">${detail}</span>`}
      </span>
    </button>`;
  }

  #mode(texts: Texts, choice: ModeChoice | null): TemplateResult | typeof nothing {
    if (choice === null) return nothing;
    const mode = this.#requests.shown("mode", choice.mode);
    const choose = (event: Event): void => {
      const option = (event.target as HTMLSelectElement).value;
      void this.#call("mode", option, "select", "select_option", { option }, { entity_id: choice.entityId });
    };
    return html`<label class="row mode">
      <span>${texts("connector_card.mode")}</span>
      <select aria-busy=${this.#requests.isOpen("mode") ? "true" : nothing} @change=${choose}>
        ${choice.options.map(
          ({ value, name }) => html`<option value=${value} .selected=${value === mode}>${name}</option>`,
        )}
      </select>
    </label>`;
  }

  #choice(texts: Texts, choice: VehicleChoice | null): TemplateResult | typeof nothing {
    if (choice === null) return nothing;
    const chosen = this.#requests.shown("vehicle", choice.chosen);
    const choose = (event: Event): void => {
      const { value } = event.target as HTMLSelectElement;
      const data = value === "" ? {} : value === GUEST ? { guest: true } : { vehicle: value };
      void this.#call("vehicle", value, DOMAIN, "set_vehicle", data, { device_id: this.connector!.deviceId });
    };
    return html`<label class="row which">
      <span>${texts("connector_card.vehicle")}</span>
      <select aria-busy=${this.#requests.isOpen("vehicle") ? "true" : nothing} @change=${choose}>
        ${choice.options.map(({ value, name }) => html`<option value=${value} .selected=${value === chosen}>${name}</option>`)}
      </select>
      ${choice.isElsewhere && chosen === choice.chosen
        ? html`<span class="detail" role="status">${texts("connector_card.vehicle_elsewhere")}</span>`
        : nothing}
    </label>`;
  }

  #stopAt(hass: Hass, texts: Texts, choice: LevelChoice | null): TemplateResult | typeof nothing {
    if (choice === null) return nothing;
    const shown = this.#requests.shown("stop_at", choice.level);
    const choose = (event: Event): void => {
      const value = Number((event.target as HTMLSelectElement).value);
      void this.#call("stop_at", value, "number", "set_value", { value }, { entity_id: choice.entityId });
    };
    return html`<label class="row stop-at">
      <span>${texts("connector_card.stop_at")}</span>
      <select aria-busy=${this.#requests.isOpen("stop_at") ? "true" : nothing} @change=${choose}>
        ${choice.levels.map(
          (level) => html`<option value=${level} .selected=${level === shown}>${formatShare(hass, level / 100)}</option>`,
        )}
      </select>
    </label>`;
  }

  #limit(hass: Hass, texts: Texts, choice: LimitChoice | null): TemplateResult | typeof nothing {
    if (choice === null) return nothing;
    const { steps } = choice;
    const amps = this.dragged ?? this.#requests.shown("limit", choice.amps);
    const words = formatAmps(hass, amps);
    const label = texts("connector_card.charge_limit");
    return html`<div class="row limit" role="group" aria-label=${label}>
      <span class="label">${label}</span>
      <output>${words}</output>
      ${steps.length === 0 ? nothing : this.#steps(texts, choice, amps, words)}
    </div>`;
  }

  #steps(texts: Texts, choice: LimitChoice, amps: number, words: string): TemplateResult {
    const { steps } = choice;
    const place = stepAt(steps, amps);
    const at = (event: Event): number => steps[Number((event.target as HTMLInputElement).value)] ?? amps;
    return html`<div class="steps">
      ${this.#step(texts, "lower", "minus", choice, steps[place - 1])}
      <input
        type="range"
        min="0"
        max=${steps.length - 1}
        step="1"
        style="--share: ${(100 * place) / Math.max(1, steps.length - 1)}%"
        .value=${live(String(place))}
        aria-label=${texts("connector_card.charge_limit")}
        aria-valuetext=${words}
        aria-busy=${this.#requests.isOpen("limit") ? "true" : nothing}
        @input=${(event: Event) => (this.dragged = at(event))}
        @change=${(event: Event) => this.#setLimit(choice, at(event))}
        @pointerup=${this.#letGo}
        @pointercancel=${this.#letGo}
        @blur=${this.#letGo}
      />
      ${this.#step(texts, "raise", "plus", choice, steps[place + 1])}
    </div>`;
  }

  #step(texts: Texts, label: string, icon: string, choice: LimitChoice, amps: number | undefined): TemplateResult {
    return html`<button
      type="button"
      class="step"
      aria-label=${texts(`connector_card.${label}`)}
      aria-disabled=${amps === undefined ? "true" : nothing}
      @click=${() => amps !== undefined && this.#setLimit(choice, amps)}
    >
      <ha-icon icon="mdi:${icon}"></ha-icon>
    </button>`;
  }

  /** A slider that is let go where it was tells of no change; one that is moved does after this. */
  readonly #letGo = (): void => {
    setTimeout(() => (this.dragged = undefined), LET_GO_MS);
  };

  #setLimit({ entityId }: LimitChoice, amps: number): void {
    this.dragged = undefined;
    void this.#call("limit", amps, "number", "set_value", { value: amps }, { entity_id: entityId });
  }

  #plan(hass: Hass, texts: Texts, { plan, levelKnown }: ConnectorView): TemplateResult {
    const isSet = plan?.own === true;
    const shown = this.#requests.shown("plan", isSet);
    return html`<div class="row plan" aria-busy=${this.#requests.isOpen("plan") ? "true" : nothing}>
        <ha-icon icon="mdi:calendar-clock"></ha-icon>
        <div class="plan-words ${plan?.problem ? "problem" : ""}">
          <span>${plan?.title ?? texts("connector_card.no_plan")}</span>
          ${plan?.detail ? html`<span class="detail">${plan.detail}</span>` : nothing}
        </div>
        ${isSet && shown
          ? html`<button type="button" class="cancel-plan" @click=${this.#cancelPlan}>${texts("connector_card.cancel_plan")}</button>`
          : this.#openPlan(texts, levelKnown)}
      </div>
      ${this.wish === undefined ? nothing : this.#planForm(hass, texts, levelKnown, this.wish)}
      ${this.answer === undefined || !shown ? nothing : this.#answer(hass, texts, this.answer)}`;
  }

  #openPlan(texts: Texts, levelKnown: boolean): TemplateResult {
    const open = this.wish !== undefined;
    return html`<button
      type="button"
      class="open-plan"
      aria-expanded=${open ? "true" : "false"}
      @click=${() => (this.wish = open ? undefined : usualWish(levelKnown ? "percent" : "kwh"))}
    >
      ${texts("connector_card.set_plan")}
    </button>`;
  }

  #planForm(hass: Hass, texts: Texts, levelKnown: boolean, wish: PlanWish): TemplateResult {
    const kinds: readonly GoalKind[] = levelKnown ? ["percent", "kwh"] : ["kwh"];
    return planForm({
      texts,
      wish: kinds.includes(wish.kind) ? wish : { ...usualWish("kwh"), time: wish.time },
      kinds,
      busy: this.#requests.isOpen("plan"),
      elsewhere: timeZone(hass) === hass.config.time_zone ? null : new Date(),
      change: (changed) => (this.wish = changed),
      submit: (data) => void this.#setPlan(data),
      close: () => this.#closePlan(),
    });
  }

  #answer(hass: Hass, texts: Texts, answer: PlanAnswer): TemplateResult {
    const { deviceId, id } = this.connector!;
    const plan = planAt(liveBus(this.live, this.bus?.entryId ?? ""), deviceId, id);
    return answerPart({
      hass,
      texts,
      answer,
      plan: plan !== null && isOwnPlan(plan, id) ? plan : null,
      close: () => this.#closePlan(),
    });
  }

  async #setPlan(data: Record<string, unknown>): Promise<void> {
    const { deviceId } = this.connector!;
    let answer: PlanAnswer | undefined;
    const set = async (): Promise<void> => {
      const { response } = await this.hass!.callService<SetPlanResponse>(DOMAIN, "set_plan", data, { device_id: deviceId }, false, true);
      answer = response?.plans?.[0];
    };
    if (!(await this.#requests.send("plan", true, set))) return;
    this.#closePlan();
    this.answer = answer;
  }

  readonly #cancelPlan = (): void => {
    this.answer = undefined;
    void this.#call("plan", false, DOMAIN, "cancel_plan", {}, { device_id: this.connector!.deviceId });
  };

  #closePlan(): void {
    this.wish = undefined;
    this.answer = undefined;
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(".open-plan, .cancel-plan")?.focus());
  }

  #call(
    control: string,
    wanted: string | number | boolean,
    domain: string,
    service: string,
    data: Record<string, unknown>,
    target: { entity_id?: string; device_id?: string },
  ): Promise<boolean> {
    const hass = this.hass!;
    // The message of a refusal is shown here, not at the edge of the page.
    return this.#requests.send(control, wanted, () => hass.callService(domain, service, data, target, false));
  }
}
