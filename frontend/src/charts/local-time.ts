/** The wall clock of a time zone: its days have 23 and 25 hours too. Times are in ms since 1970. */

const QUARTER = 15 * 60_000;
const HOUR = 4 * QUARTER;

export interface WallTime {
  /** Like "2026-11-30". */
  readonly day: string;
  readonly hour: number;
  readonly minute: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat("en-CA", {
      timeZone,
      year: "numeric",
      month: "2-digit",
      day: "2-digit",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** Returns what a clock on the wall shows. */
export function wallTime(instant: number, timeZone: string): WallTime {
  const parts = Object.fromEntries(formatOf(timeZone).formatToParts(instant).map(({ type, value }) => [type, value]));
  return {
    day: `${parts["year"]}-${parts["month"]}-${parts["day"]}`,
    hour: Number(parts["hour"]),
    minute: Number(parts["minute"]),
  };
}

export interface Tick {
  readonly at: number;
  readonly hour: number;
  /** Whether a day begins here. */
  readonly isDay: boolean;
}

/** Returns the instants within a span at which the clock shows a multiple of `hours`; of an hour that comes twice, the first. */
export function hourTicks(start: number, end: number, hours: number, timeZone: string): Tick[] {
  const ticks: Tick[] = [];
  let before = "";
  for (let at = wholeHour(start, timeZone); at < end; at = wholeHour(at + HOUR, timeZone)) {
    const { day, hour } = wallTime(at, timeZone);
    const name = `${day} ${hour}`;
    if (hour % hours === 0 && name !== before) {
      ticks.push({ at, hour, isDay: hour === 0 });
      before = name;
    }
  }
  return ticks;
}

/** Returns the first instant, from another one on, at which the clock shows a whole hour. */
function wholeHour(instant: number, timeZone: string): number {
  // No time zone is off by anything but quarters of an hour.
  let at = Math.ceil(instant / QUARTER) * QUARTER;
  while (wallTime(at, timeZone).minute !== 0) at += QUARTER;
  return at;
}

/** Returns the first instant of the day after the one of an instant. */
export function nextDay(instant: number, timeZone: string): number {
  const { day } = wallTime(instant, timeZone);
  let at = wholeHour(instant, timeZone);
  while (wallTime(at, timeZone).day === day) at = wholeHour(at + HOUR, timeZone);
  return at;
}

/** Returns the month of an instant, like "2026-11". */
export function monthOf(instant: number, timeZone: string): string {
  return wallTime(instant, timeZone).day.slice(0, 7);
}
