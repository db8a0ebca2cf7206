import type { AssetProfile, DeviceProfile } from "../../api/types";
import type { ColumnOf } from "../../ui/DataTable";
import { Status } from "../../ui/Status";
import { Ago } from "../../ui/Time";

/** Profiles of devices and of assets show the same. */
export const PROFILE_COLUMNS: ColumnOf<DeviceProfile | AssetProfile>[] = [
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
