import { LayoutTemplate, Plus } from "lucide-react";
import { useState } from "react";
import type { AssetProfile } from "../../api/types";
import { useNamedPage } from "../../app/pageName";
import { ListImport } from "../../layouts/ListImport";
import { ListPage } from "../../layouts/ListPage";
import { NewNamed } from "../../layouts/NewNamed";
import type { Made } from "../../lists/importing";
import { useList } from "../../lists/useList";
import { Button } from "../../ui/Button";
import { Empty } from "../../ui/Notice";
import { PROFILE_COLUMNS } from "../profiles/columns";
import { deleteAssetProfile, getAssetProfile, listAssetProfiles, saveAssetProfile } from "./requests";

export function AssetProfilesPage() {
  useNamedPage("Asset profiles");
  const [adding, setAdding] = useState(false);
  const list = useList({ key: "assetProfiles", load: listAssetProfiles, sort: "name" });
  return (
    <>
      <ListPage
        title="Asset profiles"
        intro="What assets of one kind share. A converter's assetType names the profile and makes it when there is none."
        nouns={["profile", "profiles"]}
        list={list}
        columns={PROFILE_COLUMNS}
        idOf={idOf}
        nameOf={(row) => row.name ?? ""}
        hrefOf={(row) => `/asset-profiles/${idOf(row)}`}
        onDelete={deleteAssetProfile}
        onExport={getAssetProfile}
        deleteWarning="A profile that assets use is not deleted."
        actions={
          <>
            <ListImport
              nouns={["profile", "profiles"]}
              onImport={async (row) => made(await saveAssetProfile({ ...row, default: false }))}
              onDone={() => void list.result.refetch()}
            />
            <Button look="primary" icon={<Plus aria-hidden />} onPress={() => setAdding(true)}>
              Add profile
            </Button>
          </>
        }
        empty={
          <Empty icon={<LayoutTemplate />} title="No profile yet">
            Profiles appear with the first asset of each type.
          </Empty>
        }
      />
      {adding && (
        <NewNamed
          title="Add asset profile"
          onAdd={async (name) => made(await saveAssetProfile({ name }))}
          onClose={() => setAdding(false)}
        />
      )}
    </>
  );
}

function idOf(row: AssetProfile): string {
  return row.id?.id ?? "";
}

function made(saved: AssetProfile): Made {
  return { name: saved.name ?? "", href: `/asset-profiles/${idOf(saved)}` };
}
