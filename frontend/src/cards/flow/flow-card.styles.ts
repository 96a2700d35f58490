/** The look of the card of the flow of power: Home Assistant's own colours only. */

import { css } from "lit";

export const flowStyles = css`
  .offline {
    margin: 4px 0;
    border-inline-start: 4px solid var(--warning-color);
    padding-inline-start: 8px;
  }
  .flow {
    /* Power goes from the left to the right, whichever way one reads. */
    direction: ltr;
    display: grid;
    grid-template-columns: minmax(0, 1fr) 72px minmax(0, 1fr);
    max-width: 560px;
    margin: 0 auto;
  }
  ul {
    list-style: none;
    margin: 0;
    padding: 0;
    display: flex;
    flex-direction: column;
    justify-content: center;
  }
  li {
    height: var(--row);
    display: flex;
    align-items: center;
  }
  .sources li {
    justify-content: flex-end;
  }
  .node {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    padding: 4px 0;
    min-height: 56px;
    max-width: 100%;
    display: flex;
    align-items: center;
    gap: 8px;
    text-align: end;
    border-radius: 8px;
  }
  button.node {
    cursor: pointer;
  }
  button.node:hover .name {
    text-decoration: underline;
  }
  button.node:focus-visible {
    outline: 2px solid var(--primary-color);
  }
  .consumers .node {
    flex-direction: row-reverse;
    text-align: start;
  }
  .text {
    min-width: 0;
    display: flex;
    flex-direction: column;
    line-height: 1.25;
  }
  .name {
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    overflow: hidden;
    overflow-wrap: anywhere;
  }
  .connector .name {
    /* Names begin alike and differ at their end; there is nothing below the watts. */
    -webkit-line-clamp: 3;
  }
  .watts {
    font-weight: var(--ha-font-weight-medium, 500);
    font-variant-numeric: tabular-nums;
    white-space: nowrap;
  }
  .detail {
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
    overflow-wrap: anywhere;
  }
  .sun {
    --flow: var(--energy-solar-color, var(--warning-color));
  }
  .grid.to {
    --flow: var(--energy-grid-consumption-color, var(--info-color));
  }
  .grid.from {
    --flow: var(--energy-grid-return-color, var(--info-color));
  }
  .battery.to {
    --flow: var(--energy-battery-out-color, var(--success-color));
  }
  .battery.from {
    --flow: var(--energy-battery-in-color, var(--success-color));
  }
  .rest.to {
    --flow: var(--energy-solar-color, var(--warning-color));
  }
  .house,
  .rest.from,
  .total,
  .connector {
    --flow: var(--primary-color);
  }
  .still,
  .unknown {
    --flow: var(--divider-color);
  }
  .disc {
    flex: none;
    width: 40px;
    height: 40px;
    box-sizing: border-box;
    border: 2px solid var(--flow);
    border-radius: 50%;
    display: grid;
    place-items: center;
  }
  .icon {
    fill: none;
    stroke: var(--primary-text-color);
    stroke-width: 1.5;
    stroke-linecap: round;
    stroke-linejoin: round;
  }
  .icon .level {
    fill: var(--success-color);
    stroke: none;
  }
  .lines {
    position: relative;
  }
  .lines svg {
    display: block;
  }
  .line path {
    fill: none;
    stroke: var(--flow);
  }
  .line.unknown path {
    stroke-dasharray: 3 4;
  }
  .line .arrow {
    fill: var(--flow);
    stroke: none;
  }
  .bar {
    fill: none;
    stroke: var(--secondary-text-color);
    stroke-width: 4;
    stroke-linecap: round;
  }
  .dot {
    position: absolute;
    width: 8px;
    height: 8px;
    margin: -4px 0 0 -4px;
    border-radius: 50%;
    background: var(--flow);
    animation: move linear infinite;
    will-change: transform;
  }
  @keyframes move {
    from {
      transform: translateX(var(--from));
    }
    to {
      transform: translateX(var(--to));
    }
  }
  @media (prefers-reduced-motion: reduce) {
    .dot {
      display: none;
    }
  }
  dl {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(100%, 190px), 1fr));
    gap: 8px 16px;
    max-width: 560px;
    margin: 12px auto 0;
  }
  .limit {
    display: grid;
    grid-template-columns: 1fr auto;
    gap: 4px 8px;
    align-items: baseline;
  }
  dt {
    color: var(--secondary-text-color);
  }
  dd {
    margin: 0;
    white-space: nowrap;
  }
  .use {
    grid-column: 1 / -1;
    height: 6px;
    border-radius: 3px;
    background: var(--divider-color);
    overflow: hidden;
  }
  .use span {
    display: block;
    height: 100%;
    background: var(--primary-color);
  }
  .limit.full .use span {
    background: var(--warning-color);
  }
`;
