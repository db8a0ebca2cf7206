/** The places of the application: the side navigation, breadcrumbs and the command palette read this. */
import {
  Bell,
  Box,
  Braces,
  Cable,
  GitFork,
  House,
  LayoutDashboard,
  LayoutPanelTop,
  LayoutTemplate,
  type LucideIcon,
  Settings,
  Siren,
  Thermometer,
} from "lucide-react";

export interface Place {
  path: string;
  label: string;
  icon: LucideIcon;
}

export interface PlaceGroup {
  label?: string;
  places: Place[];
}

export const NAVIGATION: PlaceGroup[] = [
  {
    places: [
      { path: "/", label: "Home", icon: House },
      { path: "/dashboards", label: "Dashboards", icon: LayoutDashboard },
    ],
  },
  {
    label: "Entities",
    places: [
      { path: "/devices", label: "Devices", icon: Thermometer },
      { path: "/assets", label: "Assets", icon: Box },
    ],
  },
  {
    label: "Profiles",
    places: [
      { path: "/profiles", label: "Device profiles", icon: LayoutTemplate },
      { path: "/asset-profiles", label: "Asset profiles", icon: LayoutPanelTop },
    ],
  },
  {
    label: "Integrations center",
    places: [
      { path: "/integrations", label: "Integrations", icon: Cable },
      { path: "/converters", label: "Data converters", icon: Braces },
    ],
  },
  {
    label: "Processing",
    places: [
      { path: "/rule-chains", label: "Rule chains", icon: GitFork },
      { path: "/alarms", label: "Alarms", icon: Siren },
    ],
  },
  {
    label: "You",
    places: [
      { path: "/notifications", label: "Notifications", icon: Bell },
      { path: "/settings", label: "Settings", icon: Settings },
    ],
  },
];

export const PLACES: Place[] = NAVIGATION.flatMap((group) => group.places);

export interface Crumb {
  label: string;
  href?: string;
}

/** The way to a page: the group, the list, and the name of what is open. */
export function crumbs(pathname: string, pageName: string | undefined): Crumb[] {
  const first = `/${pathname.split("/")[1] ?? ""}`;
  const group = NAVIGATION.find((one) => one.places.some((place) => place.path === first));
  const place = group?.places.find((one) => one.path === first);
  if (!place) return pageName ? [{ label: pageName }] : [];
  const way: Crumb[] = [];
  if (group?.label === "Integrations center") way.push({ label: group.label });
  const below = pathname.replace(/\/$/, "") !== place.path && place.path !== "/";
  way.push({ label: place.label, href: below ? place.path : undefined });
  if (below) way.push({ label: pageName ?? "…" });
  return way;
}

/** Where an entity's page is; undefined for kinds that have none. */
export function placeOf(entityType: string, id: string): string | undefined {
  const paths: Record<string, string> = {
    DEVICE: "/devices",
    INTEGRATION: "/integrations",
    CONVERTER: "/converters",
    RULE_CHAIN: "/rule-chains",
    DEVICE_PROFILE: "/profiles",
    ASSET: "/assets",
    ASSET_PROFILE: "/asset-profiles",
    DASHBOARD: "/dashboards",
  };
  const path = paths[entityType];
  return path && `${path}/${id}`;
}
