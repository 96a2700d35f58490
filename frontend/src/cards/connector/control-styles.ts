/** How the controls of the connector card look. */

import { css } from "lit";

export const controlStyles = css`
  button,
  select,
  input {
    font: inherit;
    color: inherit;
    border-radius: 12px;
  }
  button:not(.name),
  select,
  input:not([type="range"]) {
    min-height: 44px;
    box-sizing: border-box;
    padding: 0 12px;
    background: var(--field);
    border: 1px solid transparent;
  }
  button,
  select {
    cursor: pointer;
  }
  option {
    color: var(--primary-text-color);
    background: var(--card-background-color);
  }
  button:focus-visible,
  select:focus-visible,
  input:focus-visible {
    outline: 2px solid var(--primary-text-color);
    outline-offset: 2px;
  }
  button[aria-disabled="true"] {
    opacity: 0.4;
    cursor: default;
  }
  .actions {
    display: flex;
    gap: 8px;
  }
  .action {
    flex: 1 1 0;
    min-width: min-content;
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 52px !important;
    overflow-wrap: normal;
    text-align: start;
    font-weight: 500;
  }
  .action.charge_now.on {
    flex-grow: 1.5;
  }
  .action ha-icon {
    flex: none;
  }
  .action .label,
  .action .detail {
    display: block;
  }
  .detail {
    font-size: 0.8rem;
    font-weight: 400;
    color: var(--secondary-text-color);
  }
  .action.charge_now.on,
  .action.charge.off,
  .plan-form .main {
    background: color-mix(in srgb, var(--tint) 22%, transparent);
    border-color: var(--tint);
  }
  .row {
    display: grid;
    align-items: center;
    gap: 4px 12px;
  }
  .mode,
  .stop-at,
  .which {
    grid-template-columns: auto minmax(0, 1fr);
  }
  .mode select,
  .stop-at select,
  .which select {
    width: 100%;
    text-overflow: ellipsis;
  }
  .which .detail {
    grid-column: 1 / -1;
  }
  .limit.row {
    grid-template-columns: 1fr auto;
  }
  .limit output {
    font-weight: 500;
  }
  .steps {
    grid-column: 1 / -1;
    /* The track is filled from the left, whichever way one reads. */
    direction: ltr;
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .steps input {
    flex: 1;
    min-width: 0;
    height: 44px;
    margin: 0;
    appearance: none;
    background: none;
    cursor: pointer;
  }
  .steps input::-webkit-slider-runnable-track {
    height: 8px;
    border-radius: 4px;
    background: linear-gradient(to right, var(--tint) var(--share), var(--line) var(--share));
  }
  .steps input::-webkit-slider-thumb {
    appearance: none;
    width: 24px;
    height: 24px;
    margin-top: -8px;
    border-radius: 50%;
    background: var(--tint);
  }
  .steps input::-moz-range-track {
    height: 8px;
    border-radius: 4px;
    background: var(--line);
  }
  .steps input::-moz-range-progress {
    height: 8px;
    border-radius: 4px;
    background: var(--tint);
  }
  .steps input::-moz-range-thumb {
    width: 24px;
    height: 24px;
    border: none;
    border-radius: 50%;
    background: var(--tint);
  }
  .step {
    flex: none;
    width: 44px;
    padding: 0 !important;
  }
  .plan.row {
    grid-template-columns: auto minmax(0, 1fr) auto;
  }
  .plan > ha-icon {
    color: var(--secondary-text-color);
  }
  .plan-words span {
    display: block;
  }
  .plan-words.problem .detail {
    color: var(--primary-text-color);
    font-weight: 500;
    border-inline-start: 3px solid var(--warning-color);
    padding-inline-start: 6px;
  }
  .plan-form {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 8px;
  }
  .plan-form label {
    flex: 1 1 72px;
    min-width: 0;
    display: grid;
    gap: 2px;
    font-size: 0.8rem;
    color: var(--secondary-text-color);
  }
  .plan-form .time {
    flex-basis: 124px;
  }
  .plan-form input,
  .plan-form select {
    width: 100%;
    padding: 0 8px;
    font-size: 1rem;
    color: var(--primary-text-color);
  }
  .plan-form .unit {
    align-self: end;
    line-height: 44px;
  }
  .plan-form .buttons {
    flex: 1 1 100%;
    display: flex;
    gap: 8px;
  }
  .plan-form .buttons button {
    flex: 1;
  }
  .refusal,
  .answer {
    --told: var(--error-color);
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 4px 4px 4px 12px;
    border-radius: 12px;
    border: 1px solid var(--told);
    background: color-mix(in srgb, var(--told) 12%, transparent);
  }
  .answer {
    --told: var(--primary-color);
  }
  .answer.short {
    --told: var(--warning-color);
  }
  .answer p {
    margin: 4px 0;
  }
  .refusal span,
  .answer > div {
    flex: 1;
  }
  .answer button,
  .refusal button {
    flex: none;
    width: 44px;
    padding: 0;
    background: none;
  }
`;
