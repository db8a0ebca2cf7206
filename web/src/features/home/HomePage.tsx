import { useQueries, useQuery } from "@tanstack/react-query";
import { Cable, Check, Plus } from "lucide-react";
import { Link } from "react-aria-components";
import type { StatusReport } from "../../api/types";
import { useNamedPage } from "../../app/pageName";
import { PageHead } from "../../layouts/PageHead";
import { useAttributesOf } from "../../live/values";
import { LinkButton } from "../../ui/Button";
import { Empty, Loading, Problem } from "../../ui/Notice";
import { Activity, Status } from "../../ui/Status";
import { Ago } from "../../ui/Time";
import { listDashboards } from "../dashboards/requests";
import { countDevices, listDevices } from "../devices/requests";
import { getStatus, listIntegrations } from "../integrations/requests";
import { listState, shownState } from "../integrations/state";
import "./home.css";

const SHOWN = 8;
const REFRESH_MS = 3_000;

/** What is connected and what arrives, at a glance. */
export function HomePage() {
  useNamedPage("Home");
  const integrations = useQuery({
    queryKey: ["integrations", "home"],
    queryFn: () => listIntegrations({ page: 0, pageSize: SHOWN, sortProperty: "name", sortOrder: "ASC" }),
    refetchInterval: REFRESH_MS,
  });
  const ids = (integrations.data?.data ?? []).flatMap((one) => (one.id ? [one.id.id] : []));
  const reports = useQueries({
    queries: ids.map((id) => ({
      queryKey: ["integrations", id, "status"],
      queryFn: () => getStatus(id),
      refetchInterval: REFRESH_MS,
    })),
  });
  if (integrations.isPending) return <Loading what="the overview" />;
  if (integrations.isError)
    return <Problem error={integrations.error} onRetry={() => void integrations.refetch()} />;
  if (integrations.data.totalElements === 0) return <FirstSteps />;
  const reportOf = (id: string | undefined) => reports[ids.indexOf(id ?? "")]?.data;

  return (
    <>
      <PageHead
        title="Home"
        actions={
          <LinkButton href="/integrations/new" icon={<Plus aria-hidden />}>
            Add integration
          </LinkButton>
        }
      />
      <Figures reports={reports.flatMap((one) => one.data ?? [])} total={integrations.data.totalElements} />
      <div className="home-columns">
        <section className="sheet" aria-label="Integrations">
          <div className="sheet-head">
            <h2>Integrations</h2>
            <Link href="/integrations">All integrations</Link>
          </div>
          <ul className="home-list">
            {integrations.data.data.map((one) => {
              const report = reportOf(one.id?.id);
              const { tone, word } = report ? shownState(report.state) : listState(one);
              return (
                <li key={one.id?.id} className="home-item">
                  <div className="home-item-head">
                    <Link href={`/integrations/${one.id?.id ?? ""}`} className="home-name">
                      {one.name}
                    </Link>
                    <Status tone={tone}>{word}</Status>
                  </div>
                  {report?.reason && <p className="small soft">{report.reason}</p>}
                  {report?.filters.map((filter) => (
                    <p key={filter.filter} className="home-filter small">
                      <code>{filter.filter}</code>
                      <span className="soft">
                        {filter.count.toLocaleString("en")} ·{" "}
                        <Ago ts={filter.lastMessage} none="no message yet" />
                      </span>
                    </p>
                  ))}
                </li>
              );
            })}
          </ul>
        </section>
        <div className="home-column">
          <Dashboards />
          <RecentDevices />
        </div>
      </div>
    </>
  );
}

function Figures({ reports, total }: { reports: StatusReport[]; total: number }) {
  const devices = useQuery({
    queryKey: ["devices", "count"],
    queryFn: async () => ({ all: await countDevices(), active: await countDevices(true) }),
    refetchInterval: REFRESH_MS,
  });
  const connected = reports.filter((one) => one.state === "ACTIVE").length;
  const failed = reports.filter((one) => one.state === "FAILED").length;
  const received = reports.reduce((sum, one) => sum + one.received, 0);
  return (
    <dl className="figures">
      <Figure name="Integrations connected" value={`${connected} of ${total}`}>
        {failed > 0 && <Status tone="bad">{`${failed} failed`}</Status>}
      </Figure>
      <Figure name="Messages since start" value={received.toLocaleString("en")} />
      <Figure
        name="Devices active"
        value={devices.data ? `${devices.data.active} of ${devices.data.all}` : "–"}
      />
    </dl>
  );
}

function Figure({ name, value, children }: { name: string; value: string; children?: React.ReactNode }) {
  return (
    <div className="figure">
      <dt>{name}</dt>
      <dd>
        {value} {children}
      </dd>
    </div>
  );
}

/** Nothing without any: the list of dashboards says how to begin. */
function Dashboards() {
  const dashboards = useQuery({
    queryKey: ["dashboards", "home"],
    queryFn: () =>
      listDashboards({ page: 0, pageSize: SHOWN, sortProperty: "createdTime", sortOrder: "DESC" }),
  });
  const rows = dashboards.data?.data ?? [];
  if (rows.length === 0) return null;
  return (
    <section className="sheet" aria-label="Dashboards">
      <div className="sheet-head">
        <h2>Dashboards</h2>
        <Link href="/dashboards">All dashboards</Link>
      </div>
      <ul className="home-list">
        {rows.map((one) => (
          <li key={one.id?.id} className="home-item">
            <Link href={`/dashboards/${one.id?.id ?? ""}`} className="home-name">
              {one.title}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}

function RecentDevices() {
  const devices = useQuery({
    queryKey: ["devices", "home"],
    queryFn: () => listDevices({ page: 0, pageSize: SHOWN, sortProperty: "createdTime", sortOrder: "DESC" }),
    refetchInterval: REFRESH_MS,
  });
  const rows = devices.data?.data ?? [];
  const activity = useAttributesOf(
    rows.flatMap((row) => row.id ?? []),
    "SERVER_SCOPE",
    "active,lastActivityTime",
  );
  return (
    <section className="sheet" aria-label="Newest devices">
      <div className="sheet-head">
        <h2>Newest devices</h2>
        <Link href="/devices">All devices</Link>
      </div>
      {devices.isError && <Problem error={devices.error} />}
      {devices.data?.totalElements === 0 && (
        <Empty icon={<Cable />} title="Waiting for the first message">
          A device appears here when its first message arrives.
        </Empty>
      )}
      <ul className="home-list">
        {rows.map((one) => {
          const values = activity.get(one.id?.id ?? "");
          return (
            <li key={one.id?.id} className="home-item">
              <div className="home-item-head">
                <Link href={`/devices/${one.id?.id ?? ""}`} className="home-name">
                  {one.name}
                </Link>
                <Activity active={(values?.get("active")?.value ?? String(one.active)) === "true"} />
              </div>
              <p className="small soft">
                {one.deviceProfileName} · <Ago ts={Number(values?.get("lastActivityTime")?.value ?? 0)} />
              </p>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

const STEPS = [
  "Tell where your MQTT broker is and which topics to read",
  "Turn payloads into values with a short script, tested as you write it",
  "Watch devices appear with their first message",
];

/** What a new installation shows: the way to the first value. */
function FirstSteps() {
  return (
    <>
      <PageHead title="Welcome to Millrace" />
      <section className="sheet" aria-label="First steps">
        <Empty
          icon={<Cable />}
          title="Connect your broker"
          action={
            <LinkButton href="/integrations/new" look="primary">
              Add the first integration
            </LinkButton>
          }
        >
          <ol className="first-steps">
            {STEPS.map((one) => (
              <li key={one}>
                <Check aria-hidden size={16} />
                {one}
              </li>
            ))}
          </ol>
        </Empty>
      </section>
    </>
  );
}
