/** The look of cards with a section for each bus. */

import { css } from "lit";

export const sectionStyles = css`
  ha-card {
    padding: 12px 16px 16px;
  }
  h2,
  h3 {
    margin: 0 0 4px;
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
    overflow-wrap: anywhere;
  }
  h3 {
    font-size: var(--ha-font-size-m, 14px);
  }
  .loading {
    min-height: 240px;
  }
  section + section {
    margin-top: 20px;
    padding-top: 12px;
    border-top: 1px solid var(--divider-color);
  }
`;
