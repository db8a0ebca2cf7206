import { useMutation, useQuery } from "@tanstack/react-query";
import { Copy, KeyRound, Plus, Trash2 } from "lucide-react";
import { useState } from "react";
import { Switch as AriaSwitch } from "react-aria-components";
import type { ApiKeyInfo } from "../../api/types";
import { full } from "../../format/time";
import { Button, IconButton } from "../../ui/Button";
import { Confirm } from "../../ui/Confirm";
import { Dialog } from "../../ui/Dialog";
import { Select, TextField } from "../../ui/Field";
import { Empty, Loading, Notice, Problem } from "../../ui/Notice";
import { Ago } from "../../ui/Time";
import { done, failed } from "../../ui/Toast";
import { addApiKey, currentUser, deleteApiKey, enableApiKey, listApiKeys } from "./apiKeys";

/** How programs sign in as this person. */
export function ApiKeys() {
  const user = useQuery({ queryKey: ["user"], queryFn: currentUser });
  const userId = user.data?.id?.id ?? "";
  const keys = useQuery({
    queryKey: ["apiKeys", userId],
    queryFn: () => listApiKeys(userId),
    enabled: userId !== "",
  });
  const [adding, setAdding] = useState(false);
  const [deleting, setDeleting] = useState<ApiKeyInfo>();
  const enable = useMutation({
    mutationFn: ({ id, on }: { id: string; on: boolean }) => enableApiKey(id, on),
    onSuccess: () => keys.refetch(),
    onError: failed,
  });
  const rows = keys.data?.data ?? [];
  return (
    <section className="sheet" aria-label="API keys">
      <div className="sheet-head">
        <h2>API keys</h2>
        <Button icon={<Plus aria-hidden />} onPress={() => setAdding(true)}>
          Add API key
        </Button>
      </div>
      {keys.isPending && <Loading what="API keys" />}
      {keys.isError && <Problem error={keys.error} onRetry={() => void keys.refetch()} />}
      {keys.data && rows.length === 0 && (
        <Empty icon={<KeyRound />} title="No API key yet">
          Programs sign in with a key instead of your password: for configuration as files, scripts, exports.
        </Empty>
      )}
      {rows.length > 0 && (
        <div className="table-frame">
          <table className="table table-plain" aria-label="API keys">
            <thead>
              <tr>
                <th scope="col">For</th>
                <th scope="col">Made</th>
                <th scope="col">Ends</th>
                <th scope="col">Enabled</th>
                <th scope="col">
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((one) => (
                <tr key={one.id?.id}>
                  <td className="table-name">{one.description}</td>
                  <td>
                    <Ago ts={one.createdTime} />
                  </td>
                  <td>{one.expirationTime ? full(one.expirationTime) : "never"}</td>
                  <td>
                    <AriaSwitch
                      className="toggle"
                      aria-label={`Enable ${one.description}`}
                      isSelected={one.enabled !== false}
                      onChange={(on) => enable.mutate({ id: one.id?.id ?? "", on })}
                    >
                      <span className="switch-track" aria-hidden>
                        <span className="switch-knob" />
                      </span>
                    </AriaSwitch>
                  </td>
                  <td>
                    <IconButton
                      label={`Delete ${one.description}`}
                      icon={<Trash2 aria-hidden />}
                      onPress={() => setDeleting(one)}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {adding && (
        <AddKey userId={userId} onAdded={() => void keys.refetch()} onClose={() => setAdding(false)} />
      )}
      <Confirm
        title={`Delete the API key ${deleting?.description ?? ""}?`}
        action="Delete"
        isOpen={deleting !== undefined}
        onClose={() => setDeleting(undefined)}
        onConfirm={async () => {
          await deleteApiKey(deleting?.id?.id ?? "");
          await keys.refetch();
        }}
      >
        <p>Programs that use it cannot sign in any more.</p>
      </Confirm>
    </section>
  );
}

const DAY = 86_400_000;
const LIVES = [
  { id: "0", label: "Never" },
  { id: "30", label: "In 30 days" },
  { id: "365", label: "In a year" },
] as const;

interface AddKeyProps {
  userId: string;
  onAdded: () => void;
  onClose: () => void;
}

function AddKey({ userId, onAdded, onClose }: AddKeyProps) {
  const [description, setDescription] = useState("");
  const [days, setDays] = useState<"0" | "30" | "365">("0");
  const [value, setValue] = useState<string>();
  const [problem, setProblem] = useState<unknown>();
  const add = async () => {
    setProblem(undefined);
    try {
      const ends = days === "0" ? 0 : Date.now() + Number(days) * DAY;
      setValue(await addApiKey(userId, description.trim(), ends));
      onAdded();
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <Dialog
      title="Add API key"
      isOpen
      onClose={onClose}
      foot={
        value === undefined ? (
          <>
            <Button onPress={onClose}>Cancel</Button>
            <Button look="primary" isDisabled={!description.trim()} onPress={() => void add()}>
              Add
            </Button>
          </>
        ) : (
          <Button look="primary" onPress={onClose}>
            Done
          </Button>
        )
      }
    >
      {problem !== undefined && <Problem error={problem} />}
      {value === undefined ? (
        <>
          <TextField
            label="What it is for"
            value={description}
            onChange={setDescription}
            isRequired
            autoFocus
          />
          <Select label="Ends" choices={LIVES} value={days} onChange={setDays} />
        </>
      ) : (
        <>
          <Notice tone="good" title="Copy the key now: it is shown this once." />
          <TextField label="API key" value={value} onChange={() => undefined} mono />
          <div>
            <Button
              icon={<Copy aria-hidden />}
              onPress={() => void navigator.clipboard.writeText(value).then(() => done("Key copied"))}
            >
              Copy
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}
