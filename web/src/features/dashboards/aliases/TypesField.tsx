import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { text } from "../../../api/shapes";
import { TextField } from "../../../ui/Field";
import { listProfiles } from "../../profiles/requests";

export function NameFilter({ value, onChange }: { value: unknown; onChange: (value: string) => void }) {
  return (
    <TextField
      label="Name begins with"
      value={text(value)}
      onChange={onChange}
      description="Empty for every name; % stands for any characters."
    />
  );
}

/** Types of devices or assets; none for any. */
export function TypesField({
  kind,
  types,
  onChange,
}: {
  kind: "device" | "asset";
  types: unknown;
  onChange: (types: string[]) => void;
}) {
  const [typed, setTyped] = useState(Array.isArray(types) ? types.join(", ") : "");
  const known = useQuery({
    queryKey: ["profiles", "names"],
    queryFn: () => listProfiles({ page: 0, pageSize: 100, sortProperty: "name", sortOrder: "ASC" }),
    enabled: kind === "device",
  });
  const names = (known.data?.data ?? []).map((one) => one.name ?? "").filter(Boolean);
  return (
    <TextField
      label={kind === "device" ? "Device types" : "Asset types"}
      value={typed}
      onChange={(next) => {
        setTyped(next);
        onChange(
          next
            .split(",")
            .map((one) => one.trim())
            .filter(Boolean),
        );
      }}
      description={
        names.length > 0 ? `Separated by commas. Known: ${names.join(", ")}` : "Separated by commas."
      }
    />
  );
}
