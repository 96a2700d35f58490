/** What the plan card says, in the user's language and formats. */

import {
  formatAmps,
  formatDayTime,
  formatEnergy,
  formatMoney,
  formatNumber,
  formatPower,
  formatPrice,
  formatShare,
  formatTime,
  formatWeekday,
  minuteBegun,
  timeZone,
} from "../../format";
import { wallTime } from "../../charts/local-time";
import type { Span } from "../../charts/pieces";
import type { Hass } from "../../ha";
import type { LivePlan } from "../../live";
import type { Texts } from "../../texts";
import type { Lane, Notice, PlannedRun } from "./model";
import type { Reason } from "./reason";
import type { Run } from "./runs";

/** What is not known. */
export const UNKNOWN = "–";

export class PlanWords {
  constructor(
    private readonly hass: Hass,
    private readonly texts: Texts,
  ) {}

  text(key: string, placeholders?: Record<string, string | number>): string {
    return this.texts(`plan_card.${key}`, placeholders);
  }

  time(at: number): string {
    return formatTime(this.hass, minuteBegun(at));
  }

  dayTime(at: number): string {
    return formatDayTime(this.hass, minuteBegun(at));
  }

  weekday(at: number): string {
    return formatWeekday(this.hass, new Date(at));
  }

  /** Returns a span, with its day or its days. */
  span({ start, end }: Span): string {
    const zone = timeZone(this.hass);
    const isSameDay = wallTime(start, zone).day === wallTime(end, zone).day;
    return `${this.dayTime(start)} – ${isSameDay ? this.time(end) : this.dayTime(end)}`;
  }

  price(price: number, currency: string | null): string {
    return formatPrice(this.hass, price, currency);
  }

  priceUnit(currency: string | null): string {
    return `${currency ?? ""}/kWh`;
  }

  cost(cost: number | null, currency: string | null): string {
    return cost === null ? UNKNOWN : formatMoney(this.hass, cost, currency);
  }

  number(value: number, digits: number): string {
    return formatNumber(this.hass, value, digits);
  }

  power(watts: number): string {
    return formatPower(this.hass, watts);
  }

  energy(kwh: number | null): string {
    return kwh === null ? UNKNOWN : formatEnergy(this.hass, kwh);
  }

  amps({ amps: { minimum, maximum } }: Run): string {
    if (minimum === maximum) return formatAmps(this.hass, maximum);
    return `${formatNumber(this.hass, minimum)}–${formatAmps(this.hass, maximum)}`;
  }

  /** Returns what a plan shall reach and by when: "80% by Tue 07:00". */
  goal(plan: LivePlan): string {
    const parts: string[] = [];
    if (plan.goal) {
      const unit = { percent: "percent", kwh: "energy", hours: "duration" }[plan.goal.kind];
      const amount = formatNumber(this.hass, plan.goal.value, 1, 0);
      parts.push(this.texts(`sentence.plan.goal.${unit}`, { amount }));
    }
    if (plan.ready !== null) parts.push(this.text("ready_by", { time: this.dayTime(Date.parse(plan.ready)) }));
    return parts.join(", ");
  }

  /** Returns what a plan that will not be reached lacks, and when it will be done; null if it will be reached. */
  lack(plan: LivePlan): string | null {
    if (plan.state !== "unreachable") return null;
    const end = Date.parse(plan.slots.at(-1)?.end ?? "");
    const isLater = plan.ready !== null && end > Date.parse(plan.ready);
    return isLater ? `${this.missing(plan)} ${this.text("lack.done", { time: this.dayTime(end) })}` : this.missing(plan);
  }

  private missing(plan: LivePlan): string {
    const missing = plan.missing_kwh ? this.energy(plan.missing_kwh) : null;
    const possible =
      plan.goal?.kind === "percent" && plan.possible_percent !== null
        ? formatShare(this.hass, plan.possible_percent / 100)
        : plan.possible_kwh !== null
          ? this.energy(plan.possible_kwh)
          : null;
    if (possible !== null && missing !== null) return this.text("lack.both", { possible, missing });
    if (possible !== null) return this.text("lack.possible", { possible });
    return missing === null ? this.text("lack.unknown") : this.text("lack.missing", { missing });
  }

  /** Returns what a plan is still to charge, what that costs, and would cost at once; null if nothing is planned. */
  rest(plan: LivePlan): string | null {
    const kwh = plan.slots.reduce((sum, slot) => sum + slot.kwh, 0);
    const parts = kwh > 0 ? [this.energy(kwh)] : [];
    if (plan.cost !== null) parts.push(this.cost(plan.cost, plan.currency));
    if (parts.length === 0) return null;
    const rest = parts.join(", ");
    const atOnce = plan.cost_at_once;
    if (plan.cost === null || atOnce === null || atOnce - plan.cost < 0.005) return this.text("rest", { rest });
    return this.text("rest_less", { rest, at_once: this.cost(atOnce, plan.currency) });
  }

  reason(reason: Reason, currency: string | null): string {
    switch (reason.kind) {
      case "sun":
        return this.text("reason.sun", { power: this.power(reason.watts) });
      case "cheap":
        return this.text("reason.cheap", {
          price: this.price(reason.price, currency),
          mean: this.price(reason.mean, currency),
        });
      default:
        return this.text(`reason.${reason.kind}`);
    }
  }

  notice(notice: Notice): string {
    if (notice.kind === "unpublished") return this.text("notice.unpublished", { time: this.dayTime(notice.until) });
    return this.text(`notice.${notice.kind}`);
  }

  /** Returns a planned time in one line, for a button that shows no text. */
  run(run: PlannedRun, lane: Lane, currency: string | null): string {
    const parts = [lane.name, this.span(run), this.amps(run)];
    if (run.cost !== null) parts.push(this.cost(run.cost, currency));
    return parts.join(", ");
  }
}
