import { Box, Plus } from "lucide-react";
import { useState } from "react";
import type { Asset } from "../../api/types";
import { useNamedPage } from "../../app/pageName";
import { ListImport } from "../../layouts/ListImport";
import { ListPage } from "../../layouts/ListPage";
import { useList } from "../../lists/useList";
import { Button } from "../../ui/Button";
import type { ColumnOf } from "../../ui/DataTable";
import { Empty } from "../../ui/Notice";
import { Ago } from "../../ui/Time";
import { NewAsset } from "./NewAsset";
import { deleteAsset, listAssets } from "./requests";
import { exportAsset, importAsset } from "./transfer";

export function AssetsPage() {
  useNamedPage("Assets");
  const [adding, setAdding] = useState(false);
  const list = useList({ key: "assets", load: listAssets, sort: "createdTime", desc: true });
  const add = (
    <Button look="primary" icon={<Plus aria-hidden />} onPress={() => setAdding(true)}>
      Add asset
    </Button>
  );
  return (
    <>
      <ListPage
        title="Assets"
        intro="Things that devices belong to: buildings, rooms, machines."
        nouns={["asset", "assets"]}
        list={list}
        columns={COLUMNS}
        idOf={idOf}
        nameOf={(row) => row.name ?? ""}
        hrefOf={(row) => `/assets/${idOf(row)}`}
        onDelete={deleteAsset}
        onExport={exportAsset}
        actions={
          <>
            <ListImport
              nouns={["asset", "assets"]}
              onImport={importAsset}
              onDone={() => void list.result.refetch()}
            />
            {add}
          </>
        }
        empty={
          <Empty
            icon={<Box />}
            title="No asset yet"
            action={
              <Button look="primary" onPress={() => setAdding(true)}>
                Add asset
              </Button>
            }
          >
            Assets group devices. Converters can make them too, with assetName in their result.
          </Empty>
        }
      />
      {adding && <NewAsset onClose={() => setAdding(false)} />}
    </>
  );
}

function idOf(row: Asset): string {
  return row.id?.id ?? "";
}

const COLUMNS: ColumnOf<Asset>[] = [
  {
    id: "name",
    label: "Name",
    sort: "name",
    render: (row) => <span className="table-name">{row.name}</span>,
  },
  { id: "type", label: "Asset profile", sort: "type", render: (row) => row.type },
  { id: "label", label: "Label", sort: "label", minor: true, render: (row) => row.label ?? "" },
  { id: "created", label: "Created", sort: "createdTime", render: (row) => <Ago ts={row.createdTime} /> },
];
