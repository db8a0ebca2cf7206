import {
  Calculator,
  CloudUpload,
  Filter,
  type LucideIcon,
  PackagePlus,
  Shuffle,
  Waypoints,
  Zap,
} from "lucide-react";

export const PART_ICONS: Record<string, LucideIcon> = {
  FILTER: Filter,
  ENRICHMENT: PackagePlus,
  TRANSFORMATION: Shuffle,
  ACTION: Zap,
  ANALYTICS: Calculator,
  EXTERNAL: CloudUpload,
  FLOW: Waypoints,
};
