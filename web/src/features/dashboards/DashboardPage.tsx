import { useQuery } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useNamedPage } from "../../app/pageName";
import { Loading, Problem } from "../../ui/Notice";
import { OpenDashboard } from "./OpenDashboard";
import { getDashboard } from "./requests";
import "./dashboards.css";
import "./editing.css";
import "./widgets/charts/charts.css";
import "./widgets/controls/controls.css";
import "./widgets/widgets.css";

export function DashboardPage() {
  const { id } = useParams({ from: "/dashboards/$id" });
  const dashboard = useQuery({ queryKey: ["dashboards", id], queryFn: () => getDashboard(id) });
  useNamedPage(dashboard.data?.title);
  if (dashboard.isPending) return <Loading what="the dashboard" />;
  if (dashboard.isError) return <Problem error={dashboard.error} onRetry={() => void dashboard.refetch()} />;
  return <OpenDashboard key={id} id={id} dashboard={dashboard.data} />;
}
