import { describe, expect, test } from "vitest";
import { fakeHass } from "../test/hass";
import {
  formatAmps,
  formatDuration,
  formatEnergy,
  formatMoney,
  formatNumber,
  formatPower,
  formatPrice,
  formatShare,
  formatTime,
  minuteBegun,
} from "./format";
import type { FrontendLocale, Hass } from "./ha";

function hassWith(locale: Partial<FrontendLocale>): Hass {
  const hass = fakeHass();
  return { ...hass, locale: { ...hass.locale, ...locale } };
}

/** Returns a text with plain blanks. */
function plain(text: string): string {
  return text.replace(/[\u00a0\u202f]/g, " ");
}

describe("formats", () => {
  test.each([
    ["language", "de", "1.234,5"],
    ["comma_decimal", "de", "1,234.5"],
    ["decimal_comma", "en", "1.234,5"],
    ["space_comma", "en", "1 234,5"],
    ["none", "de", "1234.5"],
  ])("numbers are shown as %s for %s", (number_format, language, expected) => {
    expect(plain(formatNumber(hassWith({ number_format, language }), 1234.5, 1))).toBe(expected);
  });

  test("a price has digits enough to compare", () => {
    const hass = hassWith({ language: "de" });
    expect(plain(formatPrice(hass, 0.2345, "EUR"))).toBe("0,235 €/kWh");
    expect(plain(formatPrice(hass, -0.01, "EUR"))).toBe("-0,010 €/kWh");
    expect(plain(formatPrice(hass, 123.45, "JPY"))).toBe("123,5 ¥/kWh");
  });

  test("amounts have their units", () => {
    const hass = hassWith({ language: "de" });
    expect(plain(formatAmps(hass, 12))).toBe("12 A");
    expect(plain(formatAmps(hass, 11.84))).toBe("11,8 A");
    expect(plain(formatPower(hass, 350))).toBe("350 W");
    expect(plain(formatPower(hass, 2714))).toBe("2,71 kW");
    expect(plain(formatPower(hass, -12345))).toBe("-12,3 kW");
    expect(plain(formatEnergy(hass, 3.21))).toBe("3,2 kWh");
    expect(plain(formatShare(hass, 0.824))).toBe("82 %");
    expect(plain(formatMoney(hass, 0.4, "EUR"))).toBe("0,40 €");
    expect(plain(formatMoney(hass, 0.4, null))).toBe("0,40");
    expect(plain(formatMoney(hass, 0.4, "no currency"))).toBe("0,40 no currency");
    expect(formatNumber(hass, -0.04, 1)).toBe("0,0");
  });

  test("times are those of the chosen zone and clock", () => {
    const at = new Date("2026-11-29T17:05:00Z");
    expect(formatTime(hassWith({ time_format: "24" }), at)).toBe("18:05");
    expect(plain(formatTime(hassWith({ time_format: "12" }), at))).toBe("6:05 PM");
    expect(formatTime(hassWith({ language: "de" }), at)).toBe("18:05");
    const early = new Date(at.getTime() - 12 * 3_600_000);
    expect(formatTime(hassWith({ language: "de" }), early)).toBe("06:05");
    expect(plain(formatTime(hassWith({ time_format: "12" }), early))).toBe("6:05 AM");
    // Midnight, where the language alone would begin to count at 0.
    const midnight = new Date(at.getTime() - 18 * 3_600_000);
    expect(plain(formatTime(hassWith({ time_format: "12", language: "de" }), midnight))).toBe("12:05 AM");
  });

  test("a time within a minute is told as the minute that has begun by then", () => {
    const hass = hassWith({ time_format: "24" });
    expect(formatTime(hass, minuteBegun(Date.parse("2026-11-29T09:59:34Z")))).toBe("11:00");
    expect(formatTime(hass, minuteBegun(Date.parse("2026-11-29T10:00:00Z")))).toBe("11:00");
  });

  test("durations end with the minute that has begun", () => {
    const hass = hassWith({});
    expect(plain(formatDuration(hass, 30_000))).toBe("1 min");
    expect(plain(formatDuration(hass, 3_600_000))).toBe("1 hr");
    expect(plain(formatDuration(hass, 3_660_000))).toBe("1 hr 1 min");
    expect(plain(formatDuration(hass, -5))).toBe("0 min");
    expect(plain(formatDuration(hassWith({ language: "de" }), 7_500_000))).toBe("2 Std. 5 Min.");
  });
});
