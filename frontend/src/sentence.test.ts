import { describe, expect, test } from "vitest";
import { fakeHass, type Language } from "../test/hass";
import type { FrontendLocale } from "./ha";
import type { LiveSentence } from "./live";
import { inWords } from "./sentence";
import { loadTexts } from "./texts";

const SENTENCE: LiveSentence = [
  "Plan Work: ",
  { number: 62, digits: 0 },
  " %, ",
  { day: "2026-12-04T23:30:00+00:00" },
  " ",
  { time: "2026-12-04T23:30:00+00:00" },
  ", ",
  { price: 0.0512, currency: "EUR" },
  ", ",
  { number: 2, digits: 1 },
  " kW",
];

async function words(language: Language, locale: Partial<FrontendLocale> = {}): Promise<string> {
  const hass = fakeHass([], language);
  hass.locale = { ...hass.locale, ...locale };
  return inWords(hass, await loadTexts(hass), SENTENCE).replaceAll("\u00a0", " ").replaceAll("\u202f", " ");
}

describe("a sentence", () => {
  test.each<[Language, Partial<FrontendLocale>, string]>([
    ["en", {}, "Plan Work: 62 %, Sat 12:30 AM, €0.051/kWh, 2.0 kW"],
    ["en", { time_format: "24", number_format: "decimal_comma" }, "Plan Work: 62 %, Sat 00:30, 0,051 €/kWh, 2,0 kW"],
    ["de", {}, "Plan Work: 62 %, Sa 00:30, 0,051 €/kWh, 2,0 kW"],
    ["de", { time_format: "12" }, "Plan Work: 62 %, Sa 12:30 AM, 0,051 €/kWh, 2,0 kW"],
    ["fr", { number_format: "comma_decimal" }, "Plan Work: 62 %, sam. 00:30, €0.051/kWh, 2.0 kW"],
  ])("has values as the user has set them up: %s %j", async (language, locale, text) => {
    expect(await words(language, locale)).toBe(text);
  });

  test("has times in the zone in which the user sees them", async () => {
    // The browser's own zone is that of the tests, UTC.
    expect(await words("en", { time_zone: "local" })).toContain("Fri 11:30 PM");
  });

  test("shows text as it is", async () => {
    const hass = fakeHass();
    const name = "\u202e<b>{0}</b> 🚗";
    expect(inWords(hass, await loadTexts(hass), [name])).toBe(name);
  });
});
