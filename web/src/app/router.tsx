/** Every page and its address. Pages load when they are opened; lists and details are light, editors are not. */
import {
  type RouteComponent,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  useRouter,
} from "@tanstack/react-router";
import { RouterProvider as AriaRouter } from "react-aria-components";
import { readSearch } from "../lists/search";
import { Loading, Problem } from "../ui/Notice";
import { NotFound } from "./NotFound";
import { Shell } from "./Shell";

/** Lets the links of the component library go through the router. */
function Root() {
  const router = useRouter();
  return (
    <AriaRouter navigate={(href) => router.history.push(href)}>
      <Shell />
    </AriaRouter>
  );
}

const root = createRootRoute({
  component: Root,
  notFoundComponent: NotFound,
  validateSearch: readSearch,
});

const page = <P extends string>(path: P, component: RouteComponent) =>
  createRoute({ getParentRoute: () => root, path, component });

const tree = root.addChildren([
  page(
    "/",
    lazyRouteComponent(() => import("../features/home/HomePage"), "HomePage"),
  ),
  page(
    "/devices",
    lazyRouteComponent(() => import("../features/devices/DevicesPage"), "DevicesPage"),
  ),
  page(
    "/devices/$id",
    lazyRouteComponent(() => import("../features/devices/DevicePage"), "DevicePage"),
  ),
  page(
    "/assets",
    lazyRouteComponent(() => import("../features/assets/AssetsPage"), "AssetsPage"),
  ),
  page(
    "/assets/$id",
    lazyRouteComponent(() => import("../features/assets/AssetPage"), "AssetPage"),
  ),
  page(
    "/profiles",
    lazyRouteComponent(() => import("../features/profiles/ProfilesPage"), "ProfilesPage"),
  ),
  page(
    "/profiles/$id",
    lazyRouteComponent(() => import("../features/profiles/ProfilePage"), "ProfilePage"),
  ),
  page(
    "/asset-profiles",
    lazyRouteComponent(() => import("../features/assetProfiles/AssetProfilesPage"), "AssetProfilesPage"),
  ),
  page(
    "/asset-profiles/$id",
    lazyRouteComponent(() => import("../features/assetProfiles/AssetProfilePage"), "AssetProfilePage"),
  ),
  page(
    "/alarms",
    lazyRouteComponent(() => import("../features/alarms/AlarmsPage"), "AlarmsPage"),
  ),
  page(
    "/dashboards",
    lazyRouteComponent(() => import("../features/dashboards/DashboardsPage"), "DashboardsPage"),
  ),
  page(
    "/dashboards/$id",
    lazyRouteComponent(() => import("../features/dashboards/DashboardPage"), "DashboardPage"),
  ),
  page(
    "/integrations",
    lazyRouteComponent(() => import("../features/integrations/IntegrationsPage"), "IntegrationsPage"),
  ),
  page(
    "/integrations/new",
    lazyRouteComponent(() => import("../features/integrations/wizard/WizardPage"), "WizardPage"),
  ),
  page(
    "/integrations/$id",
    lazyRouteComponent(() => import("../features/integrations/IntegrationPage"), "IntegrationPage"),
  ),
  page(
    "/converters",
    lazyRouteComponent(() => import("../features/converters/ConvertersPage"), "ConvertersPage"),
  ),
  page(
    "/converters/new",
    lazyRouteComponent(() => import("../features/converters/NewConverterPage"), "NewConverterPage"),
  ),
  page(
    "/converters/$id",
    lazyRouteComponent(() => import("../features/converters/ConverterPage"), "ConverterPage"),
  ),
  page(
    "/rule-chains",
    lazyRouteComponent(() => import("../features/ruleChains/RuleChainsPage"), "RuleChainsPage"),
  ),
  page(
    "/rule-chains/$id",
    lazyRouteComponent(() => import("../features/ruleChains/RuleChainPage"), "RuleChainPage"),
  ),
  page(
    "/notifications",
    lazyRouteComponent(() => import("../features/notifications/NotificationsPage"), "NotificationsPage"),
  ),
  page(
    "/settings",
    lazyRouteComponent(() => import("../features/settings/SettingsPage"), "SettingsPage"),
  ),
]);

export function makeRouter() {
  return createRouter({
    routeTree: tree,
    defaultPendingComponent: () => <Loading what="the page" />,
    defaultErrorComponent: ({ error, reset }) => <Problem error={error} onRetry={reset} />,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
