/** Numbers, amounts and times as the user has set them up in Home Assistant. */

import type { FrontendLocale, Hass } from "./ha";

const NUMBER_LOCALES: Record<string, string[] | undefined> = {
  comma_decimal: ["en-US", "en"],
  decimal_comma: ["de", "es", "it"],
  space_comma: ["fr", "sv", "cs"],
  quote_decimal: ["de-CH"],
  none: ["en-US"],
};

const MINUTE_MS = 60_000;

function numberLocale(locale: FrontendLocale): string | string[] | undefined {
  if (locale.number_format === "system") return undefined;
  return NUMBER_LOCALES[locale.number_format] ?? locale.language;
}

const formats = new Map<string, Intl.NumberFormat | Intl.DateTimeFormat>();

/** Returns a formatter: making one takes far longer than using it. */
function cached<T extends Intl.NumberFormat | Intl.DateTimeFormat>(key: unknown[], make: () => T): T {
  const text = JSON.stringify(key);
  let format = formats.get(text) as T | undefined;
  if (format === undefined) formats.set(text, (format = make()));
  return format;
}

function numberFormat(hass: Hass, options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const locale = numberLocale(hass.locale);
  const useGrouping = hass.locale.number_format !== "none";
  return cached(["n", locale, useGrouping, options], () => new Intl.NumberFormat(locale, { useGrouping, ...options }));
}

/** Returns a number with so many digits after the point, or fewer if `minimum` says so. */
export function formatNumber(hass: Hass, value: number, digits = 0, minimum = digits): string {
  const options = { minimumFractionDigits: minimum, maximumFractionDigits: digits };
  // -0 is shown as 0.
  return numberFormat(hass, options).format(Number(value.toFixed(digits)) || 0);
}

/** Returns a current in A, in whole numbers if it is one. */
export function formatAmps(hass: Hass, amps: number): string {
  return `${formatNumber(hass, amps, 1, 0)}\u00a0A`;
}

/** Returns a power: in W below 1 kW, otherwise in kW. */
export function formatPower(hass: Hass, watts: number): string {
  return Math.abs(watts) < 999.5
    ? `${formatNumber(hass, watts)}\u00a0W`
    : `${formatNumber(hass, watts / 1000, Math.abs(watts) < 9_995 ? 2 : 1)}\u00a0kW`;
}

/** Returns an energy in kWh. */
export function formatEnergy(hass: Hass, kwh: number): string {
  return `${formatNumber(hass, kwh, Math.abs(kwh) < 99.95 ? 1 : 0)}\u00a0kWh`;
}

/** Returns a share from 0 to 1 in %. */
export function formatShare(hass: Hass, share: number): string {
  return numberFormat(hass, { style: "percent", maximumFractionDigits: 0 }).format(share);
}

/** Returns an amount of money; without a known currency the number alone. */
export function formatMoney(hass: Hass, amount: number, currency: string | null | undefined, digits = 2): string {
  if (!currency) return formatNumber(hass, amount, digits);
  const options = { style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
  try {
    return numberFormat(hass, options).format(amount);
  } catch {
    // No currency that the browser knows.
    return `${formatNumber(hass, amount, digits)}\u00a0${currency}`;
  }
}

/** Returns what a kWh costs. */
export function formatPrice(hass: Hass, price: number, currency: string | null | undefined): string {
  // Öre and cents need fewer digits than a price in euros.
  return `${formatMoney(hass, price, currency, Math.abs(price) < 10 ? 3 : 1)}/kWh`;
}

function dateFormat(hass: Hass, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const { language, time_format, time_zone } = hass.locale;
  const timeZone = time_zone === "server" ? hass.config.time_zone : undefined;
  const locale = time_format === "system" ? undefined : language;
  const clock: Intl.DateTimeFormatOptions =
    options.hour === undefined || (time_format !== "12" && time_format !== "24")
      ? {}
      : { hourCycle: time_format === "12" ? "h12" : "h23" };
  const all = { ...options, ...clock, ...(timeZone ? { timeZone } : {}) };
  return cached(["d", locale, all], () => {
    const format = new Intl.DateTimeFormat(locale, all);
    // As Home Assistant writes it: 5:05 PM, but 05:05.
    return format.resolvedOptions().hour12 === false ? new Intl.DateTimeFormat(locale, { ...all, hour: "2-digit" }) : format;
  });
}

/** Returns the minute that has begun by a time in ms since 1970: what ends at 10:59:34 is over at 11:00. */
export function minuteBegun(at: number): Date {
  return new Date(Math.ceil(at / MINUTE_MS) * MINUTE_MS);
}

/** Returns a time of day. */
export function formatTime(hass: Hass, at: Date): string {
  return dateFormat(hass, { hour: "numeric", minute: "2-digit" }).format(at);
}

/** Returns a day of the week with the time of day. */
export function formatDayTime(hass: Hass, at: Date): string {
  return dateFormat(hass, { weekday: "short", hour: "numeric", minute: "2-digit" }).format(at);
}

/** Returns a day of the week. */
export function formatWeekday(hass: Hass, at: Date): string {
  return dateFormat(hass, { weekday: "short" }).format(at);
}

/** Returns a date. */
export function formatDate(hass: Hass, at: Date): string {
  return dateFormat(hass, { day: "numeric", month: "short", year: "numeric" }).format(at);
}

/** Returns a month with its year. */
export function formatMonth(hass: Hass, at: Date): string {
  return dateFormat(hass, { month: "long", year: "numeric" }).format(at);
}

/** Returns a date without its year, and the time of day. */
export function formatDateTime(hass: Hass, at: Date): string {
  return dateFormat(hass, { day: "numeric", month: "short", hour: "numeric", minute: "2-digit" }).format(at);
}

/** Returns how long something takes, to the minute that has begun: "1 hr 5 min". */
export function formatDuration(hass: Hass, milliseconds: number): string {
  const minutes = Math.max(0, Math.ceil(milliseconds / MINUTE_MS));
  const unit = (value: number, name: string): string =>
    cached(["u", hass.locale.language, name], () =>
      new Intl.NumberFormat(hass.locale.language, { style: "unit", unit: name, unitDisplay: "short" }),
    ).format(value);
  const hours = Math.floor(minutes / 60);
  if (hours === 0) return unit(minutes, "minute");
  return minutes % 60 === 0 ? unit(hours, "hour") : `${unit(hours, "hour")} ${unit(minutes % 60, "minute")}`;
}

/** Returns the time zone in which the user sees times. */
export function timeZone(hass: Hass): string {
  return hass.locale.time_zone === "server"
    ? hass.config.time_zone
    : Intl.DateTimeFormat().resolvedOptions().timeZone;
}
