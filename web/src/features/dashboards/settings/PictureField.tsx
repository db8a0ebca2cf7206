import { ImageUp, X } from "lucide-react";
import { useState } from "react";
import { FileTrigger } from "react-aria-components";
import { Button, IconButton } from "../../../ui/Button";
import { TextField } from "../../../ui/Field";
import { pictureOf } from "../looks/images";

interface PictureProps {
  label: string;
  description?: string;
  value: string;
  onChange: (value: string) => void;
}

/** A picture is a part of the dashboard: larger ones make it slow to load (bytes). */
const LARGEST = 1_000_000;

/** A picture that is stored in the dashboard, or lies on this server. */
export function PictureField({ label, description, value, onChange }: PictureProps) {
  const [problem, setProblem] = useState<string>();
  const picture = pictureOf(value);
  const inline = value.startsWith("data:");
  const foreign =
    picture === "foreign" ? "Pictures of other servers are not loaded: choose a file." : undefined;
  const take = (file: File | undefined) => {
    if (!file) return;
    if (file.size > LARGEST) {
      setProblem("The file has more than 1 MB.");
      return;
    }
    const reader = new FileReader();
    reader.onload = () => {
      setProblem(undefined);
      if (typeof reader.result === "string") onChange(reader.result);
    };
    reader.readAsDataURL(file);
  };
  return (
    <div className="picture-field">
      {typeof picture === "object" && <img src={picture.url} alt="" className="picture-preview" />}
      <TextField
        label={label}
        value={inline ? "" : value}
        placeholder={inline ? "A picture in the dashboard" : "None"}
        onChange={onChange}
        description={description ?? "A file, or an address on this server: /…"}
        error={problem ?? foreign}
      />
      <FileTrigger
        acceptedFileTypes={["image/png", "image/jpeg", "image/gif", "image/webp", "image/svg+xml"]}
        onSelect={(files) => take(files?.[0])}
      >
        <Button icon={<ImageUp aria-hidden />}>{`Choose a file for ${label.toLowerCase()}`}</Button>
      </FileTrigger>
      {value && (
        <IconButton
          label={`No ${label.toLowerCase()}`}
          icon={<X aria-hidden />}
          onPress={() => onChange("")}
        />
      )}
    </div>
  );
}
