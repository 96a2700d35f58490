/** What the sessions card says, in the user's language and formats. */

import {
  formatAmps,
  formatDateTime,
  formatDuration,
  formatEnergy,
  formatMoney,
  formatMonth,
  formatNumber,
  formatPower,
  formatPrice,
  formatShare,
  formatTime,
} from "../../format";
import type { Hass } from "../../ha";
import type { Texts } from "../../texts";

/** What is not known. */
export const UNKNOWN = "–";

export class SessionWords {
  constructor(
    private readonly hass: Hass,
    private readonly texts: Texts,
  ) {}

  text(key: string, placeholders?: Record<string, string | number>): string {
    return this.texts(`sessions_card.${key}`, placeholders);
  }

  month(month: string): string {
    const [year, number] = month.split("-").map(Number);
    // The middle of a month is in it everywhere.
    return formatMonth(this.hass, new Date(Date.UTC(year!, number! - 1, 15)));
  }

  time(at: number): string {
    return formatTime(this.hass, new Date(at));
  }

  dateTime(at: number): string {
    return formatDateTime(this.hass, new Date(at));
  }

  energy(kwh: number): string {
    return formatEnergy(this.hass, kwh);
  }

  percent(value: number | null): string {
    return value === null ? UNKNOWN : formatShare(this.hass, value / 100);
  }

  money(amount: number | null, currency: string | null): string {
    return amount === null ? UNKNOWN : formatMoney(this.hass, amount, currency);
  }

  price(price: number | null, currency: string | null): string {
    return price === null ? UNKNOWN : formatPrice(this.hass, price, currency);
  }

  number(value: number, digits: number): string {
    return formatNumber(this.hass, value, digits);
  }

  power(watts: number): string {
    return formatPower(this.hass, watts);
  }

  amps(amps: number): string {
    return formatAmps(this.hass, amps);
  }

  minutes(minutes: number): string {
    return formatDuration(this.hass, minutes * 60_000);
  }
}
