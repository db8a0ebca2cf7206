import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { members, text } from "../../api/shapes";
import type { DeviceInfo } from "../../api/types";
import { full } from "../../format/time";
import { Button } from "../../ui/Button";
import { Select, TextField } from "../../ui/Field";
import { Problem } from "../../ui/Notice";
import { done } from "../../ui/Toast";
import { listProfiles } from "../profiles/requests";
import { Credentials } from "./Credentials";
import { getDevice, saveDevice } from "./requests";

/** Profiles to choose from. */
const OFFERED = 200;
const NOBODY = "13814000-1dd2-11b2-8080-808080808080";

export function DeviceDetails({ device }: { device: DeviceInfo }) {
  const [name, setName] = useState(device.name ?? "");
  const [profile, setProfile] = useState(device.deviceProfileId?.id);
  const profiles = useQuery({
    queryKey: ["profiles", "names"],
    queryFn: () => listProfiles({ page: 0, pageSize: OFFERED, sortProperty: "name", sortOrder: "ASC" }),
  });
  const [label, setLabel] = useState(device.label ?? "");
  const [description, setDescription] = useState(text(members(device.additionalInfo).description));
  const [problem, setProblem] = useState<unknown>();
  const queries = useQueryClient();
  const id = device.id?.id ?? "";
  const changed =
    name !== device.name ||
    profile !== device.deviceProfileId?.id ||
    label !== (device.label ?? "") ||
    description !== text(members(device.additionalInfo).description);
  const owner =
    device.customerId?.id === NOBODY ? "Tenant" : (device.customerTitle ?? device.ownerName ?? "");

  const save = async () => {
    setProblem(undefined);
    try {
      // The saved form has none of the fields that only the list adds.
      const { active, customerIsPublic, customerTitle, deviceProfileName, groups, ownerName, ...kept } =
        device;
      void [active, customerIsPublic, customerTitle, deviceProfileName, groups, ownerName];
      const additionalInfo = { ...members(device.additionalInfo), description };
      // The type is the profile's name, which the server fills in.
      const { type, ...rest } = kept;
      const moved = profile !== device.deviceProfileId?.id && profile !== undefined;
      await saveDevice({
        ...(moved
          ? { ...rest, deviceProfileId: { entityType: "DEVICE_PROFILE", id: profile } }
          : { ...rest, type }),
        name: name.trim(),
        label: label || null,
        additionalInfo,
      });
      queries.setQueryData(["devices", id], await getDevice(id));
      done("Changes saved");
    } catch (error) {
      setProblem(error);
    }
  };

  return (
    <div className="stack">
      <section className="sheet sheet-pad" aria-label="About">
        <dl className="facts">
          <Fact name="Owner">{owner}</Fact>
          <Fact name="Created">{device.createdTime ? full(device.createdTime) : ""}</Fact>
          <Fact name="Id">
            <code>{id}</code>
          </Fact>
        </dl>
      </section>
      <section className="sheet sheet-pad form" aria-label="Edit">
        {problem !== undefined && <Problem error={problem} />}
        <TextField
          label="Name"
          value={name}
          onChange={setName}
          isRequired
          description="Converters find the device by it: messages that go on using the old one make another device."
        />
        <Select
          label="Device profile"
          choices={(profiles.data?.data ?? []).map((one) => ({
            id: one.id?.id ?? "",
            label: one.name ?? "",
          }))}
          value={profile}
          onChange={setProfile}
        />
        <TextField label="Label" value={label} onChange={setLabel} />
        <TextField label="Description" value={description} onChange={setDescription} multiline={3} />
        <div className="form-actions">
          <Button look="primary" isDisabled={!changed || !name.trim()} onPress={() => void save()}>
            Apply changes
          </Button>
        </div>
      </section>
      <Credentials deviceId={id} />
    </div>
  );
}

function Fact({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
