/** The look of the sessions card: Home Assistant's own colours only. */

import { css } from "lit";

export const styles = css`
  ha-card {
    padding: 12px 16px 16px;
    container-type: inline-size;
  }
  h2 {
    margin: 0 0 4px;
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  h3 {
    margin: 0;
    min-width: 9em;
    text-align: center;
    font-size: var(--ha-font-size-m, 14px);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .months {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
  }
  button {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    padding: 0;
    cursor: pointer;
  }
  button:focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
    border-radius: 4px;
  }
  .step {
    width: 40px;
    height: 40px;
    font-size: 20px;
    border-radius: 50%;
  }
  .step:hover:not([disabled]),
  tr.session:hover {
    background: color-mix(in srgb, var(--secondary-background-color) 40%, transparent);
  }
  .step[disabled] {
    opacity: 0.3;
    cursor: default;
  }
  .plain,
  tr.session .started button {
    text-decoration: underline;
    text-decoration-color: var(--primary-color);
    text-underline-offset: 3px;
  }
  .plain {
    min-height: 40px;
    padding: 0 4px;
  }
  .plain[aria-pressed="true"] {
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .note .plain {
    color: var(--primary-text-color);
  }
  .note {
    margin: 8px 0;
    color: var(--secondary-text-color);
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    text-align: end;
    vertical-align: top;
    padding: 10px 0 10px 12px;
    border-bottom: 1px solid var(--divider-color);
    font-weight: inherit;
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .started,
  .connector {
    text-align: start;
    white-space: normal;
    overflow-wrap: anywhere;
  }
  .started {
    padding-inline-start: 0;
  }
  thead th {
    vertical-align: bottom;
    white-space: normal;
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s, 12px);
    padding-top: 4px;
    padding-bottom: 4px;
  }
  thead button {
    min-height: 32px;
    text-align: inherit;
  }
  .sign {
    margin-inline-start: 4px;
    font-size: 9px;
  }
  tr.session {
    cursor: pointer;
  }
  tr.session .started button {
    text-align: start;
    min-height: 24px;
  }
  tr.open > * {
    border-bottom: 0;
  }
  tfoot > tr > * {
    font-weight: var(--ha-font-weight-medium, 500);
    border-bottom: 0;
  }
  .who,
  .vehicle,
  .running {
    display: block;
    font-weight: normal;
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }
  .running {
    color: var(--primary-text-color);
  }
  .details td {
    text-align: start;
    white-space: normal;
    padding: 0 0 12px;
  }
  dl {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(120px, 1fr));
    gap: 8px 16px;
    margin: 4px 0 12px;
  }
  dt {
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .curve svg {
    display: block;
    overflow: visible;
  }
  .area {
    fill: var(--energy-grid-consumption-color, #488fc2);
    opacity: 0.3;
  }
  .line {
    fill: none;
    stroke: var(--energy-grid-consumption-color, #488fc2);
    stroke-width: 2;
  }
  .level {
    stroke: var(--divider-color);
  }
  text {
    font-size: 11px;
    fill: var(--secondary-text-color);
  }

  td.connector,
  th.connector,
  .average_price,
  .at_once {
    display: none;
  }
  @container (min-width: 560px) {
    td.connector,
    th.connector {
      display: table-cell;
    }
    .started .who {
      display: none;
    }
    .at_once {
      display: table-cell;
    }
  }
  @container (min-width: 680px) {
    .average_price {
      display: table-cell;
    }
  }
`;
