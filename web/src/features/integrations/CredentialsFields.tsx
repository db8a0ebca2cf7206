import { Select, TextField } from "../../ui/Field";
import type { Connection } from "./model";

const KINDS = [
  { id: "anonymous", label: "None" },
  { id: "basic", label: "User name and password" },
  { id: "cert.PEM", label: "Certificates (PEM)" },
] as const;

type Credentials = Connection["credentials"];

interface CredentialsProps {
  credentials: Credentials;
  onChange: (credentials: Credentials) => void;
}

/** A secret that the server holds is shown as stars; leaving them keeps it. */
const KEPT = "********";

export function CredentialsFields({ credentials, onChange }: CredentialsProps) {
  const text = (name: string) => credentials[name] ?? "";
  const set = (part: Record<string, string>) => onChange({ ...credentials, ...part });
  const note = (name: string) => (text(name) === KEPT ? "Kept as it is unless you change it." : undefined);
  return (
    <>
      <Select
        label="Sign-in at the broker"
        choices={KINDS}
        value={credentials.type}
        onChange={(type) => onChange(type === "anonymous" ? { type } : { ...credentials, type })}
      />
      {credentials.type === "basic" && (
        <div className="columns">
          <TextField
            label="User name"
            value={text("username")}
            onChange={(username) => set({ username })}
            autoComplete="off"
          />
          <TextField
            label="Password"
            type="password"
            value={text("password")}
            onChange={(password) => set({ password })}
            autoComplete="new-password"
            description={note("password")}
          />
        </div>
      )}
      {credentials.type === "cert.PEM" && (
        <>
          <TextField
            label="CA certificate"
            value={text("caCert")}
            onChange={(caCert) => set({ caCert })}
            multiline={4}
            mono
            description="Alone it verifies the broker. Empty uses the authorities of the system."
          />
          <TextField
            label="Client certificate"
            value={text("cert")}
            onChange={(cert) => set({ cert })}
            multiline={4}
            mono
          />
          <TextField
            label="Private key"
            value={text("privateKey")}
            onChange={(privateKey) => set({ privateKey })}
            multiline={4}
            mono
            description={note("privateKey")}
          />
          <TextField
            label="Password of the private key"
            type="password"
            value={text("privateKeyPassword")}
            onChange={(privateKeyPassword) => set({ privateKeyPassword })}
            autoComplete="new-password"
            description={note("privateKeyPassword")}
          />
        </>
      )}
    </>
  );
}
