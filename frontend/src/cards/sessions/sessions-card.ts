/** The card with the charging sessions, month by month. */

import { html, nothing, type CSSResultGroup, type PropertyValues, type TemplateResult } from "lit";

import { message, TwcCard } from "../../card-base";
import { InnerWidth } from "../../charts/width";
import { type Connector, connectorsOf, findBuses } from "../../entities";
import { timeZone } from "../../format";
import { DOCUMENTATION, type CustomCard, type GridOptions, type Hass } from "../../ha";
import type { Live } from "../../live";
import type { Texts } from "../../texts";
import { loadCurve } from "./curve";
import { type CurveState, sessionDetails } from "./details";
import { loadSessions, type SessionsData } from "./data";
import { finishedRows, monthsOf, monthView, type Row, runningRows, type Sort, sortAfter } from "./model";
import { styles } from "./sessions-card.styles";
import { sessionsTable } from "./table";
import { SessionWords } from "./words";
import { yearsOf, yearTable, yearView } from "./year";

const ROWS = 12;

export const sessionsCard: CustomCard = {
  type: "twc-manager-sessions-card",
  name: "Charging sessions",
  description: "Charging sessions with energy, sun and cost, month by month",
  preview: true,
  documentationURL: DOCUMENTATION,
};

export class SessionsCard extends TwcCard {
  static override properties = {
    ...TwcCard.properties,
    data: { state: true },
    error: { state: true },
    month: { state: true },
    sort: { state: true },
    open: { state: true },
    curve: { state: true },
    isWhole: { state: true },
    isYear: { state: true },
  };

  static override styles: CSSResultGroup = [TwcCard.styles, styles];

  declare data: SessionsData | undefined;
  /** Why the sessions could not be loaded. */
  declare error: string | undefined;
  /** The month that is shown; undefined for the present one. */
  declare month: string | undefined;
  declare sort: Sort;
  /** The key of the session that is open. */
  declare open: string | null;
  declare curve: CurveState;
  declare isWhole: boolean;
  /** Whether the year is shown, and not the month. */
  declare isYear: boolean;

  readonly #width = new InnerWidth(this);
  #loaded: string | undefined;
  #request = 0;

  constructor() {
    super();
    this.sort = { column: "started", isDescending: true };
    this.open = null;
    this.curve = "loading";
    this.isWhole = false;
    this.isYear = false;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    // What ended meanwhile is asked for when it is shown again.
    this.#loaded = undefined;
  }

  /** What goes from left to right has the whole width of its section. */
  override getGridOptions(): GridOptions {
    return { ...super.getGridOptions(), columns: "full" };
  }

  override getCardSize(): number {
    return 6;
  }

  /** The events of finished sessions: each change means new ones. */
  protected override *shownEntities(hass: Hass): Iterable<string> {
    for (const { entities } of connectorsOf(hass, this.deviceId)) {
      const event = entities.get("event.session");
      if (event !== undefined) yield event;
    }
  }

  protected override shownLive(live: Live): unknown {
    return live.buses.map(({ currency, connectors }) => {
      return [currency, connectors.map(({ device_id, vehicle, session }) => [device_id, vehicle?.name, session])];
    });
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    const hass = this.hass;
    if (hass === undefined || this.texts === undefined || !this.isConnected) return;
    const key = this.#state(hass);
    if (key === this.#loaded) return;
    this.#loaded = key;
    void this.#load(hass);
  }

  /** Returns what changes when a session ends; without the events, that of the sessions that run. */
  #state(hass: Hass): string {
    const devices = connectorsOf(hass, this.deviceId).map(({ deviceId, entities }) => {
      const event = hass.states[entities.get("event.session") ?? ""];
      return [deviceId, event === undefined ? this.#running(deviceId)?.session?.started : event.state];
    });
    return JSON.stringify([this.deviceId, devices]);
  }

  #running(deviceId: string) {
    return this.live?.buses.flatMap((bus) => bus.connectors).find((connector) => connector.device_id === deviceId);
  }

  async #load(hass: Hass): Promise<void> {
    const request = (this.#request += 1);
    try {
      if (connectorsOf(hass, this.deviceId).length === 0) return;
      const data = await loadSessions(hass, this.deviceId);
      if (request !== this.#request) return;
      this.data = data;
      this.error = undefined;
    } catch (error) {
      if (request === this.#request) this.error = (error as Error | undefined)?.message ?? "";
    }
  }

  readonly #reload = (): void => {
    const hass = this.hass;
    this.error = undefined;
    if (hass !== undefined) void this.#load(hass);
  };

  protected override content(hass: Hass, texts: Texts): TemplateResult {
    const words = new SessionWords(hass, texts);
    const connectors = connectorsOf(hass, this.deviceId);
    if (connectors.length === 0 && this.deviceId !== undefined) return message(texts("common.device_gone"));
    return html`<h2>${words.text("title")}</h2>
      ${this.#inside(hass, words, connectors)}`;
  }

  #inside(hass: Hass, words: SessionWords, connectors: readonly Connector[]): TemplateResult {
    const failure =
      this.error === undefined
        ? nothing
        : html`<p class="note" role="alert">
            ${words.text("failed", { error: this.error })}
            <button type="button" class="plain" @click=${this.#reload}>${words.text("retry")}</button>
          </p>`;
    if (connectors.length === 0) return html`<p class="note">${words.text("none")}</p>`;
    if (this.data === undefined) {
      return this.error === undefined ? html`<p class="note" role="status">${words.text("loading")}</p>` : html`${failure}`;
    }
    const rows = this.#rows(hass, this.data, connectors);
    if (rows.length === 0 && this.data.months.length === 0) return html`${failure}<p class="note">${words.text("none")}</p>`;
    return html`${failure}${this.#months(hass, words, this.data, rows)}`;
  }

  #rows(hass: Hass, data: SessionsData, connectors: readonly Connector[]): Row[] {
    const all = findBuses(hass).flatMap((bus) => bus.connectors);
    const names = new Map(all.map(({ deviceId, name }) => [deviceId, name]));
    const shown = new Set(connectors.map((connector) => connector.deviceId));
    const running = (this.live?.buses ?? []).flatMap((bus) =>
      runningRows(
        bus.connectors.filter(({ device_id }) => device_id !== null && shown.has(device_id)),
        names,
        bus.currency,
      ),
    );
    const finished = finishedRows(data, names);
    const ended = new Set(finished.map((row) => row.key));
    return [...running.filter((row) => !ended.has(row.key)), ...finished];
  }

  #months(hass: Hass, words: SessionWords, data: SessionsData, rows: readonly Row[]): TemplateResult {
    const zone = timeZone(hass);
    const months = monthsOf(rows, data.months, Date.now(), zone);
    const month = this.month !== undefined && months.includes(this.month) ? this.month : months.at(-1)!;
    if (this.isYear) return this.#year(words, data, months, month);
    const view = monthView(month, rows, data.months, this.sort, zone);
    return html`${this.#steps(words, months, month, words.month(month))}
      ${
        view.rows.length === 0 && view.total === null
          ? html`<p class="note">${words.text("none_in_month")}</p>`
          : sessionsTable({
              view,
              words,
              sort: this.sort,
              open: this.open,
              limit: this.isWhole ? null : ROWS,
              sortBy: (column) => (this.sort = sortAfter(this.sort, column)),
              toggle: (key) => this.#toggle(hass, view.rows.find((row) => row.key === key)),
              showAll: () => (this.isWhole = true),
              details: (row) =>
                sessionDetails({
                  row,
                  words,
                  curve: this.curve,
                  width: this.#width.value,
                  timeZone: zone,
                  now: Date.now(),
                  retry: () => void this.#loadCurve(hass, row),
                }),
            })
      }
    `;
  }

  #year(words: SessionWords, data: SessionsData, months: readonly string[], month: string): TemplateResult {
    const view = yearView(month.slice(0, 4), data.months);
    const { total } = view;
    // A step leads to the last month of another year.
    const years = yearsOf(months).map((year) => months.filter((item) => item.startsWith(year)).at(-1)!);
    const shown = years.find((item) => item.startsWith(view.year))!;
    const show = (chosen: string): void => {
      this.isYear = false;
      this.#show(chosen);
    };
    return html`${this.#steps(words, years, shown, view.year)}
      ${total === null ? html`<p class="note">${words.text("none_in_year")}</p>` : yearTable({ ...view, total }, words, show)}`;
  }

  /** Returns the buttons that lead to the time before and after the one that is shown, and from months to years. */
  #steps(words: SessionWords, all: readonly string[], shown: string, title: string): TemplateResult {
    const position = all.indexOf(shown);
    const step = (by: number, sign: string, key: string): TemplateResult =>
      html`<button
        type="button"
        class="step"
        aria-label=${words.text(key)}
        ?disabled=${all[position + by] === undefined}
        @click=${() => this.#show(all[position + by])}
      >
        ${sign}
      </button>`;
    return html`<div class="months">
      ${step(-1, "‹", this.isYear ? "earlier_year" : "earlier")}
      <h3 aria-live="polite">${title}</h3>
      ${step(1, "›", this.isYear ? "later_year" : "later")}
      <button
        type="button"
        class="plain"
        aria-pressed=${this.isYear ? "true" : "false"}
        @click=${() => (this.isYear = !this.isYear)}
      >
        ${words.text("year")}
      </button>
    </div>`;
  }

  #show(month: string | undefined): void {
    this.month = month;
    this.open = null;
    this.isWhole = false;
  }

  #toggle(hass: Hass, row: Row | undefined): void {
    if (row === undefined || this.open === row.key) {
      this.open = null;
      return;
    }
    this.open = row.key;
    void this.#loadCurve(hass, row);
  }

  async #loadCurve(hass: Hass, row: Row): Promise<void> {
    const connector = connectorsOf(hass).find(({ deviceId }) => deviceId === row.deviceId);
    const power = connector?.entities.get("sensor.power");
    this.curve = power === undefined ? "no_sensor" : "loading";
    if (power === undefined) return;
    const curve = await loadCurve(hass, power, row.started, row.ended ?? Date.now()).catch(() => "failed" as const);
    if (this.open === row.key) this.curve = curve;
  }
}
