import { useQuery } from "@tanstack/react-query";
import type { ConverterType } from "../../api/types";
import { Select } from "../../ui/Field";
import { listConverters } from "../converters/requests";

const OFFERED = 100;
const NONE = "none";

interface ConverterSelectProps {
  type: ConverterType;
  value: string | undefined;
  onChange: (id: string | undefined) => void;
}

export function useConverters(type: ConverterType) {
  return useQuery({
    queryKey: ["converters", "names"],
    queryFn: () => listConverters({ page: 0, pageSize: OFFERED, sortProperty: "name", sortOrder: "ASC" }),
    select: (page) => page.data.filter((one) => one.type === type),
  });
}

export function ConverterSelect({ type, value, onChange }: ConverterSelectProps) {
  const converters = useConverters(type);
  const known = (converters.data ?? []).flatMap((one) =>
    one.id ? [{ id: one.id.id, label: one.name ?? "" }] : [],
  );
  const choices = type === "DOWNLINK" ? [{ id: NONE, label: "None" }, ...known] : known;
  return (
    <Select
      label={type === "UPLINK" ? "Uplink converter" : "Downlink converter"}
      choices={choices}
      value={value ?? (type === "DOWNLINK" ? NONE : undefined)}
      onChange={(id) => onChange(id === NONE ? undefined : id)}
    />
  );
}
