import { LayoutTemplate, Plus } from "lucide-react";
import { useState } from "react";
import type { DeviceProfile } from "../../api/types";
import { useNamedPage } from "../../app/pageName";
import { ListImport } from "../../layouts/ListImport";
import { ListPage } from "../../layouts/ListPage";
import { NewNamed } from "../../layouts/NewNamed";
import type { Made } from "../../lists/importing";
import { useList } from "../../lists/useList";
import { Button } from "../../ui/Button";
import { Empty } from "../../ui/Notice";
import { PROFILE_COLUMNS } from "./columns";
import { deleteProfile, getProfile, listProfiles, newProfile, saveProfile } from "./requests";

export function ProfilesPage() {
  useNamedPage("Device profiles");
  const [adding, setAdding] = useState(false);
  const list = useList({ key: "profiles", load: listProfiles, sort: "name" });
  return (
    <>
      <ListPage
        title="Device profiles"
        intro="What devices of one kind share. A converter's deviceType names the profile and makes it when there is none."
        nouns={["profile", "profiles"]}
        list={list}
        columns={PROFILE_COLUMNS}
        idOf={idOf}
        nameOf={(row) => row.name ?? ""}
        hrefOf={(row) => `/profiles/${idOf(row)}`}
        onDelete={deleteProfile}
        onExport={getProfile}
        deleteWarning="A profile that devices use is not deleted."
        actions={
          <>
            <ListImport
              nouns={["profile", "profiles"]}
              onImport={async (row) =>
                made(await saveProfile({ ...newProfile(""), ...(row as DeviceProfile), default: false }))
              }
              onDone={() => void list.result.refetch()}
            />
            <Button look="primary" icon={<Plus aria-hidden />} onPress={() => setAdding(true)}>
              Add profile
            </Button>
          </>
        }
        empty={
          <Empty icon={<LayoutTemplate />} title="No profile yet">
            Profiles appear with the first device of each type.
          </Empty>
        }
      />
      {adding && (
        <NewNamed
          title="Add device profile"
          onAdd={async (name) => made(await saveProfile(newProfile(name)))}
          onClose={() => setAdding(false)}
        />
      )}
    </>
  );
}

function idOf(row: DeviceProfile): string {
  return row.id?.id ?? "";
}

function made(saved: DeviceProfile): Made {
  return { name: saved.name ?? "", href: `/profiles/${idOf(saved)}` };
}
