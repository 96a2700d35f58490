/** The look of the plan card: Home Assistant's own colours only. */

import { css } from "lit";

export const styles = css`
  ul {
    list-style: none;
    margin: 0 0 8px;
    padding: 0;
  }
  .plans li {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
    align-items: baseline;
    padding: 6px 0;
    overflow-wrap: anywhere;
  }
  .plans li + li {
    border-top: 1px solid var(--divider-color);
  }
  .plans strong {
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .plans .whose {
    color: var(--secondary-text-color);
  }
  .plans .line {
    flex-basis: 100%;
    color: var(--secondary-text-color);
  }
  .plans .state {
    margin-inline-start: auto;
  }
  .plans .lack {
    flex-basis: 100%;
    border-inline-start: 4px solid var(--error-color);
    padding-inline-start: 8px;
  }
  .notices li {
    padding: 4px 0;
    color: var(--secondary-text-color);
  }
  .notices li.strong {
    color: var(--primary-text-color);
    border-inline-start: 4px solid var(--warning-color);
    padding-inline-start: 8px;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 16px;
    margin-bottom: 4px;
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }
  .legend span::before {
    content: "";
    display: inline-block;
    width: 10px;
    height: 10px;
    margin-inline-end: 6px;
    border-radius: 2px;
    background: var(--swatch);
  }
  .chart {
    position: relative;
    touch-action: pan-y;
  }
  .chart svg {
    display: block;
    overflow: visible;
  }
  .curves,
  .lane {
    position: absolute;
    cursor: pointer;
  }
  .curves:focus-visible,
  .lane button:focus-visible,
  summary:focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
    border-radius: 4px;
  }
  .lane-name {
    position: absolute;
    max-width: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: var(--ha-font-size-s, 12px);
    line-height: 18px;
    padding-inline-end: 4px;
    background: var(--ha-card-background, var(--card-background-color));
    pointer-events: none;
  }
  .lane-name small {
    font-size: inherit;
    color: var(--secondary-text-color);
  }
  .lane button {
    position: absolute;
    top: 0;
    height: 100%;
    padding: 0;
    border: 0;
    background: none;
    pointer-events: none;
  }
  .details {
    min-height: 40px;
    margin-top: 8px;
  }
  .details p {
    margin: 4px 0;
  }
  .hint {
    color: var(--secondary-text-color);
  }
  dl {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(104px, 1fr));
    gap: 4px 16px;
    margin: 4px 0;
  }
  dt {
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }
  dd {
    margin: 0;
  }
  summary {
    cursor: pointer;
    padding: 8px 0;
    min-height: 24px;
    text-decoration: underline;
    text-decoration-color: var(--primary-color);
    text-underline-offset: 3px;
  }
  .scroll {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    width: 100%;
    margin-bottom: 12px;
    font-size: var(--ha-font-size-s, 12px);
  }
  caption {
    text-align: start;
    font-weight: var(--ha-font-weight-medium, 500);
    padding: 4px 0;
  }
  th,
  td {
    text-align: start;
    vertical-align: top;
    padding: 4px 12px 4px 0;
    border-bottom: 1px solid var(--divider-color);
  }
  .number {
    text-align: end;
    white-space: nowrap;
  }

  text {
    font-size: 11px;
    fill: var(--secondary-text-color);
  }
  .weekday,
  .now-label {
    fill: var(--primary-text-color);
  }
  .hour,
  .level {
    stroke: var(--divider-color);
    stroke-width: 1;
    opacity: 0.5;
  }
  .day,
  .zero,
  .axis {
    stroke: var(--secondary-text-color);
    stroke-width: 1;
    opacity: 0.7;
  }
  .price-area {
    fill: var(--energy-grid-consumption-color, #488fc2);
    opacity: 0.22;
  }
  .price-planned {
    fill: var(--energy-grid-consumption-color, #488fc2);
    opacity: 0.6;
  }
  .price-line {
    fill: none;
    stroke: var(--energy-grid-consumption-color, #488fc2);
    stroke-width: 2;
  }
  .sun-area {
    fill: var(--energy-solar-color, #ff9800);
    opacity: 0.75;
  }
  .now {
    stroke: var(--primary-text-color);
    stroke-width: 1.5;
  }
  .cursor {
    stroke: var(--primary-color);
    stroke-width: 2;
    stroke-dasharray: 3 3;
  }
  .lane-0 {
    --lane: var(--primary-color);
  }
  .lane-1 {
    --lane: var(--purple-color, #926bc7);
  }
  .lane-2 {
    --lane: var(--teal-color, #009688);
  }
  .lane-3 {
    --lane: var(--deep-orange-color, #ff6f22);
  }
  .lane-4 {
    --lane: var(--indigo-color, #3f51b5);
  }
  .lane-5 {
    --lane: var(--pink-color, #e91e63);
  }
  .ground {
    fill: var(--card-background-color);
  }
  .mark {
    fill: var(--lane);
    opacity: 0.55;
  }
  .run {
    stroke: var(--lane);
    stroke-width: 1.5;
  }
  .run.estimated {
    stroke-dasharray: 4 3;
  }
  .run.selected {
    stroke: var(--primary-text-color);
    stroke-width: 3;
  }
  .charged {
    fill: var(--lane);
  }
  .amps {
    fill: var(--primary-text-color);
    font-weight: 500;
    paint-order: stroke;
    stroke: var(--card-background-color);
    stroke-width: 4px;
  }
  .ready .pole,
  .ready path {
    stroke: var(--primary-text-color);
    stroke-width: 1.5;
    fill: var(--primary-text-color);
  }
  .late .pole,
  .late path {
    stroke: var(--error-color);
    stroke-width: 2;
    fill: none;
  }
  .late .pole {
    stroke-dasharray: 2 2;
  }
`;
