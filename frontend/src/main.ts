/** The module that Home Assistant loads on every page: it only registers what dashboards may use. */

import { connectorCard, ConnectorCard } from "./cards/connector/connector-card";
import { ConnectorPanel } from "./cards/connector/connector-panel";
import { flowCard, FlowCard } from "./cards/flow/flow-card";
import { planCard, PlanCard } from "./cards/plan/plan-card";
import { sessionsCard, SessionsCard } from "./cards/sessions/sessions-card";
import { announce, defineElements } from "./define";
import { AmpsFeature, ampsFeature } from "./features/amps";
import { translated } from "./picker";
import { DashboardStrategy, dashboardStrategy, ViewStrategy } from "./strategy/dashboard";
import { StrategyEditor } from "./strategy/editor";

announce((window.customCards ??= []), [
  translated(connectorCard, "connector"),
  translated(flowCard, "flow"),
  translated(planCard, "plan"),
  translated(sessionsCard, "sessions"),
]);
announce((window.customCardFeatures ??= []), [translated(ampsFeature, "amps")]);
announce((window.customStrategies ??= []), [translated(dashboardStrategy, "dashboard")]);

void defineElements({
  "twc-manager-connector-card": ConnectorCard,
  "twc-manager-connector-panel": ConnectorPanel,
  "twc-manager-flow-card": FlowCard,
  "twc-manager-plan-card": PlanCard,
  "twc-manager-sessions-card": SessionsCard,
  "twc-manager-amps": AmpsFeature,
  "twc-manager-strategy-editor": StrategyEditor,
  "ll-strategy-dashboard-twc-manager": DashboardStrategy,
  "ll-strategy-view-twc-manager": ViewStrategy,
});
