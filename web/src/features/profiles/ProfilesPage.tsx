import { LayoutTemplate } from "lucide-react";
import type { DeviceProfile } from "../../api/types";
import { useNamedPage } from "../../app/pageName";
import { ListPage } from "../../layouts/ListPage";
import { useList } from "../../lists/useList";
import type { ColumnOf } from "../../ui/DataTable";
import { Empty } from "../../ui/Notice";
import { Status } from "../../ui/Status";
import { Ago } from "../../ui/Time";
import { deleteProfile, listProfiles } from "./requests";

export function ProfilesPage() {
  useNamedPage("Device profiles");
  const list = useList({ key: "profiles", load: listProfiles, sort: "name" });
  return (
    <ListPage
      title="Device profiles"
      intro="What devices of one kind share. A converter's deviceType names the profile and makes it when there is none."
      nouns={["profile", "profiles"]}
      list={list}
      columns={COLUMNS}
      idOf={idOf}
      nameOf={(row) => row.name ?? ""}
      hrefOf={(row) => `/profiles/${idOf(row)}`}
      onDelete={deleteProfile}
      deleteWarning="A profile that devices use is not deleted."
      empty={
        <Empty icon={<LayoutTemplate />} title="No profile yet">
          Profiles appear with the first device of each type.
        </Empty>
      }
    />
  );
}

function idOf(row: DeviceProfile): string {
  return row.id?.id ?? "";
}

const COLUMNS: ColumnOf<DeviceProfile>[] = [
  {
    id: "name",
    label: "Name",
    sort: "name",
    render: (row) => <span className="table-name">{row.name}</span>,
  },
  {
    id: "default",
    label: "Default",
    render: (row) => (row.default ? <Status tone="good">Default</Status> : ""),
  },
  { id: "description", label: "Description", minor: true, render: (row) => row.description ?? "" },
  {
    id: "created",
    label: "Created",
    sort: "createdTime",
    minor: true,
    render: (row) => <Ago ts={row.createdTime} />,
  },
];
