import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Copy, Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { Button, IconButton } from "../../ui/Button";
import { TextField } from "../../ui/Field";
import { Loading, Problem } from "../../ui/Notice";
import { done } from "../../ui/Toast";
import { getCredentials, saveCredentials } from "./requests";

/** How the device itself would sign in; hidden until it is asked for. */
export function Credentials({ deviceId }: { deviceId: string }) {
  const [shown, setShown] = useState(false);
  return (
    <section className="sheet sheet-pad form" aria-label="Credentials">
      <div className="row">
        <h2>Credentials</h2>
        <Button
          look="quiet"
          icon={shown ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
          onPress={() => setShown(!shown)}
        >
          {shown ? "Hide" : "Show"}
        </Button>
      </div>
      {shown ? (
        <ShownCredentials deviceId={deviceId} />
      ) : (
        <p className="soft">
          The access token that the device would sign in with. Devices behind an integration need none.
        </p>
      )}
    </section>
  );
}

function ShownCredentials({ deviceId }: { deviceId: string }) {
  const key = ["devices", deviceId, "credentials"];
  const credentials = useQuery({ queryKey: key, queryFn: () => getCredentials(deviceId) });
  const queries = useQueryClient();
  const [typed, setTyped] = useState<string>();
  const [problem, setProblem] = useState<unknown>();
  if (credentials.isPending) return <Loading what="the credentials" />;
  if (credentials.isError) return <Problem error={credentials.error} />;
  const kept = credentials.data.credentialsId ?? "";
  const token = typed ?? kept;

  const save = async () => {
    setProblem(undefined);
    try {
      queries.setQueryData(key, await saveCredentials({ ...credentials.data, credentialsId: token }));
      setTyped(undefined);
      done("Credentials saved");
    } catch (error) {
      setProblem(error);
    }
  };

  if (credentials.data.credentialsType !== "ACCESS_TOKEN") {
    return <p>Kind: {credentials.data.credentialsType}. It can be changed through the API.</p>;
  }
  return (
    <>
      {problem !== undefined && <Problem error={problem} />}
      <TextField label="Access token" value={token} onChange={setTyped} mono />
      <div className="form-actions">
        <Button look="primary" isDisabled={token === kept || !token} onPress={() => void save()}>
          Save token
        </Button>
        <IconButton
          label="Copy token"
          look="secondary"
          icon={<Copy aria-hidden />}
          onPress={() => void navigator.clipboard.writeText(kept).then(() => done("Token copied"))}
        />
      </div>
    </>
  );
}
