import { Braces, Plus } from "lucide-react";
import type { Converter } from "../../api/types";
import { useNamedPage } from "../../app/pageName";
import { ListImport } from "../../layouts/ListImport";
import { ListPage } from "../../layouts/ListPage";
import { useList } from "../../lists/useList";
import { LinkButton } from "../../ui/Button";
import type { ColumnOf } from "../../ui/DataTable";
import { Empty } from "../../ui/Notice";
import { Ago } from "../../ui/Time";
import { langOf } from "./model";
import { deleteConverter, getConverter, listConverters, saveConverter } from "./requests";

export function ConvertersPage() {
  useNamedPage("Data converters");
  const list = useList({ key: "converters", load: listConverters, sort: "createdTime", desc: true });
  return (
    <ListPage
      title="Data converters"
      intro="Scripts that turn payloads into devices and values, and commands into payloads."
      nouns={["converter", "converters"]}
      list={list}
      columns={COLUMNS}
      idOf={idOf}
      nameOf={(row) => row.name ?? ""}
      hrefOf={(row) => `/converters/${idOf(row)}`}
      onDelete={deleteConverter}
      onExport={getConverter}
      deleteWarning="A converter that an integration uses is not deleted."
      actions={
        <>
          <ListImport
            nouns={["converter", "converters"]}
            onImport={async (row) => {
              const saved = await saveConverter(row);
              return { name: saved.name ?? "", href: `/converters/${idOf(saved)}` };
            }}
            onDone={() => void list.result.refetch()}
          />
          <LinkButton href="/converters/new" look="primary" icon={<Plus aria-hidden />}>
            Add converter
          </LinkButton>
        </>
      }
      empty={
        <Empty
          icon={<Braces />}
          title="No converter yet"
          action={
            <LinkButton href="/converters/new" look="primary">
              Add converter
            </LinkButton>
          }
        >
          An uplink converter reads the payloads of your devices. You can also write one while adding an
          integration.
        </Empty>
      }
    />
  );
}

function idOf(row: Converter): string {
  return row.id?.id ?? "";
}

const COLUMNS: ColumnOf<Converter>[] = [
  {
    id: "name",
    label: "Name",
    sort: "name",
    render: (row) => <span className="table-name">{row.name}</span>,
  },
  {
    id: "type",
    label: "Type",
    sort: "type",
    render: (row) => (row.type === "DOWNLINK" ? "Downlink" : "Uplink"),
  },
  { id: "lang", label: "Language", render: (row) => (langOf(row) === "JS" ? "JavaScript" : "TBEL") },
  {
    id: "created",
    label: "Created",
    sort: "createdTime",
    minor: true,
    render: (row) => <Ago ts={row.createdTime} />,
  },
];
