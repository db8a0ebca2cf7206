import { Upload } from "lucide-react";
import { FileTrigger } from "react-aria-components";
import { Button } from "./Button";

/** Picks a JSON file to import. */
export function ImportButton({ onFile }: { onFile: (file: File) => Promise<void> }) {
  return (
    <FileTrigger
      acceptedFileTypes={["application/json", ".json"]}
      onSelect={(files) => {
        const file = files?.[0];
        if (file) void onFile(file);
      }}
    >
      <Button icon={<Upload aria-hidden />}>Import</Button>
    </FileTrigger>
  );
}
