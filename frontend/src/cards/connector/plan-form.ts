/** The form that sets a plan for a single time. */

import { html, nothing, type TemplateResult } from "lit";
import type { Texts } from "../../texts";
import { GOAL_LIMITS, planData, type GoalKind, type PlanWish } from "./planning";

const UNITS: Record<GoalKind, string> = { percent: "%", kwh: "kWh" };
const USUAL_AMOUNTS: Record<GoalKind, number> = { percent: 80, kwh: 10 };
const USUAL_TIME = "07:00";

export interface PlanFormOptions {
  readonly texts: Texts;
  readonly wish: PlanWish;
  /** A level can be a goal only where it is known. */
  readonly kinds: readonly GoalKind[];
  readonly busy: boolean;
  /** Now, for a user whose clock is not that of the house. */
  readonly elsewhere: Date | null;
  change(wish: PlanWish): void;
  submit(data: Record<string, unknown>): void;
  close(): void;
}

/** Returns the wish that a form begins with. */
export function usualWish(kind: GoalKind): PlanWish {
  return { kind, amount: USUAL_AMOUNTS[kind], time: USUAL_TIME };
}

/** Returns the form; what the action would refuse cannot be sent. */
export function planForm(options: PlanFormOptions): TemplateResult {
  const { texts, wish, busy, change } = options;
  const limits = GOAL_LIMITS[wish.kind];
  return html`<form class="plan-form" @submit=${(event: Event) => submit(event, options)}>
    <label class="time">
      <span>${texts("connector_card.ready_at")}</span>
      <input
        type="time"
        name="time"
        required
        .value=${wish.time}
        @input=${(event: Event) => change({ ...wish, time: valueOf(event) })}
      />
    </label>
    <label>
      <span>${texts("connector_card.goal")}</span>
      <input
        type="number"
        name="amount"
        inputmode="decimal"
        required
        min=${limits.minimum}
        max=${limits.maximum}
        step=${limits.step}
        .value=${Number.isNaN(wish.amount) ? "" : String(wish.amount)}
        @input=${(event: Event) => change({ ...wish, amount: Number.parseFloat(valueOf(event)) })}
      />
    </label>
    ${unit(options)}
    <div class="buttons">
      <button type="submit" class="main" aria-busy=${busy ? "true" : nothing}>${texts("connector_card.set_plan")}</button>
      <button type="button" @click=${options.close}>${texts("connector_card.close")}</button>
    </div>
  </form>`;
}

function unit({ texts, wish, kinds, change }: PlanFormOptions): TemplateResult {
  if (kinds.length === 1) return html`<span class="unit">${UNITS[wish.kind]}</span>`;
  return html`<label>
    <span>${texts("connector_card.unit")}</span>
    <select
      name="unit"
      @change=${(event: Event) => change({ ...usualWish(valueOf(event) as GoalKind), time: wish.time })}
    >
      ${kinds.map((kind) => html`<option value=${kind} .selected=${kind === wish.kind}>${UNITS[kind]}</option>`)}
    </select>
  </label>`;
}

function submit(event: Event, { wish, elsewhere, submit: send }: PlanFormOptions): void {
  event.preventDefault();
  const data = planData(wish, elsewhere);
  if (data !== null) send(data);
}

function valueOf(event: Event): string {
  return (event.target as HTMLInputElement | HTMLSelectElement).value;
}
