/** How the connector card looks: by Home Assistant's variables only, so that it follows every theme. */

import { css } from "lit";

export const connectorStyles = css`
  .connectors {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(320px, 100%), 1fr));
    gap: 1px;
  }
  twc-manager-connector-panel {
    display: block;
    container-type: inline-size;
    box-shadow: 0 0 0 1px var(--divider-color);
  }
  .connector {
    --tint: var(--primary-color);
    --field: color-mix(in srgb, var(--primary-text-color) 6%, transparent);
    --line: color-mix(in srgb, var(--primary-text-color) 14%, transparent);
    padding: 16px;
    color: var(--primary-text-color);
    overflow-wrap: anywhere;
  }
  .column {
    display: grid;
    gap: 12px;
    align-content: start;
    min-width: 0;
  }
  .columns {
    display: grid;
    gap: 12px 24px;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 4px 12px;
  }
  h2 {
    margin: 0;
    font-size: 1rem;
    font-weight: 500;
    color: var(--secondary-text-color);
  }
  .name {
    padding: 4px 8px;
    margin: -4px -8px;
    font: inherit;
    color: inherit;
    text-align: start;
    background: none;
    border: none;
  }
  .vehicle {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 12px;
  }
  .level {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    color: var(--secondary-text-color);
  }
  .battery {
    width: 48px;
    height: 10px;
  }
  .battery .track {
    fill: var(--line);
  }
  .battery .filled {
    fill: var(--state-sensor-battery-high-color, var(--primary-color));
  }
  .battery .target {
    stroke: var(--primary-text-color);
    stroke-width: 3;
  }
  .statement {
    margin: 0;
    font-size: 1.25rem;
    font-weight: 500;
    line-height: 1.35;
    /* A unit does not stand alone on the last line. */
    text-wrap: pretty;
  }
  .statement.long {
    font-size: 1.1rem;
  }
  .statement ha-icon {
    --mdc-icon-size: 24px;
    margin-inline-end: 8px;
    color: var(--warning-color);
  }
  .soon {
    font-size: 0.9rem;
    font-weight: 400;
    color: var(--secondary-text-color);
    white-space: nowrap;
  }
  .now {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 8px 16px;
  }
  .gauge {
    flex: 1 1 150px;
    max-width: 240px;
    margin-inline: auto;
  }
  .gauge svg {
    display: block;
    width: 100%;
  }
  .gauge path {
    fill: none;
  }
  .gauge .track {
    stroke: var(--line);
  }
  .gauge .offered {
    stroke: color-mix(in srgb, var(--tint) 40%, transparent);
  }
  .gauge .drawn {
    stroke: var(--tint);
  }
  .gauge .limit {
    stroke: var(--primary-text-color);
    stroke-width: 3;
    stroke-linecap: round;
  }
  .gauge .amps {
    font-size: 30px;
    font-weight: 500;
    fill: var(--primary-text-color);
  }
  .gauge .power {
    font-size: 16px;
    fill: var(--secondary-text-color);
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 2px 10px;
    font-size: 0.8rem;
    color: var(--secondary-text-color);
  }
  .legend b {
    font-weight: 500;
    color: var(--primary-text-color);
    white-space: nowrap;
  }
  .legend i {
    display: inline-block;
    margin-inline-end: 4px;
    vertical-align: middle;
  }
  .legend i.offered {
    width: 10px;
    height: 10px;
    border-radius: 50%;
    background: color-mix(in srgb, var(--tint) 40%, transparent);
  }
  .legend i.limit {
    width: 3px;
    height: 12px;
    border-radius: 2px;
    background: var(--primary-text-color);
  }
  .facts {
    flex: 1 1 112px;
    display: grid;
    gap: 6px;
    margin: 0;
  }
  .facts div {
    display: flex;
    flex-wrap: wrap;
    justify-content: space-between;
    gap: 0 8px;
  }
  dt {
    color: var(--secondary-text-color);
  }
  dd {
    margin-block: 0;
    margin-inline: auto 0;
    font-weight: 500;
    text-align: end;
    white-space: nowrap;
  }
  [aria-busy="true"] {
    border-color: var(--tint) !important;
    border-style: dashed !important;
  }
  input[type="range"][aria-busy="true"],
  .plan[aria-busy="true"] {
    opacity: 0.7;
  }
  @media (prefers-reduced-motion: no-preference) {
    .gauge path {
      transition: stroke-dasharray 200ms ease-out;
    }
    [aria-busy="true"] {
      animation: taken 800ms ease-in-out infinite alternate;
    }
    @keyframes taken {
      to {
        opacity: 0.6;
      }
    }
  }
  @container (min-width: 640px) {
    .columns {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    }
  }
`;
