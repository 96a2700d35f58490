/** What a plan that was just set comes to: what can be reached, and as soon as it is made, when it charges and what it costs. */

import { html, type TemplateResult } from "lit";
import { formatDayTime, formatEnergy, formatShare } from "../../format";
import type { Hass } from "../../ha";
import type { LivePlan } from "../../live";
import type { Texts } from "../../texts";
import { runsOfPlan } from "../plan/runs";
import { PlanWords } from "../plan/words";

/** What the action that sets a plan says of one connector; null where it is not known. */
export interface PlanAnswer {
  readonly ready: string | null;
  /** Whether the goal is within what can be charged at the most. */
  readonly possible: boolean | null;
  readonly possible_kwh: number | null;
  readonly possible_level: number | null;
}

export interface SetPlanResponse {
  readonly plans?: readonly PlanAnswer[];
}

export interface AnswerOptions {
  readonly hass: Hass;
  readonly texts: Texts;
  readonly answer: PlanAnswer;
  /** The plan itself; null before it is there. */
  readonly plan: LivePlan | null;
  close(): void;
}

/** So many times are told; the plan card shows all of them. */
const TIMES = 4;

/** Returns the answer, to be read and put away. */
export function answerPart(options: AnswerOptions): TemplateResult {
  const { texts, answer, close } = options;
  const isShort = answer.possible === false || options.plan?.state === "unreachable";
  return html`<div class="answer ${isShort ? "short" : ""}">
    <div role="status">${[reach(options), ...planned(options)].map((line) => html`<p>${line}</p>`)}</div>
    <button type="button" aria-label=${texts("connector_card.dismiss_answer")} @click=${close}>
      <ha-icon icon="mdi:close"></ha-icon>
    </button>
  </div>`;
}

function reach({ hass, texts, answer }: AnswerOptions): string {
  const { ready, possible, possible_kwh: kwh, possible_level: level } = answer;
  if (ready === null || kwh === null) return texts("connector_card.answer.later");
  const shown = {
    time: formatDayTime(hass, new Date(ready)),
    possible: level === null ? formatEnergy(hass, kwh) : formatShare(hass, level / 100),
  };
  if (possible === null) return texts("connector_card.answer.unknown", shown);
  return texts(possible ? "connector_card.answer.enough" : "connector_card.answer.short", shown);
}

/** Returns when a plan charges and what that costs, as far as it is made. */
function planned({ hass, texts, answer, plan }: AnswerOptions): string[] {
  if (plan === null) return [];
  const words = new PlanWords(hass, texts);
  const runs = runsOfPlan(plan);
  const times = runs.slice(0, TIMES).map((run) => words.span(run));
  if (runs.length > TIMES) times.push("…");
  return [
    times.length === 0 ? null : texts("connector_card.answer.times", { times: times.join(", ") }),
    words.rest(plan),
    // It is told already if the goal is out of reach in any case.
    answer.possible === false ? null : words.lack(plan),
  ].filter((line) => line !== null);
}
