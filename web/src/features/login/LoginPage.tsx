import { type FormEvent, useState } from "react";
import { signIn } from "../../api/session";
import { Button } from "../../ui/Button";
import { Checkbox, TextField } from "../../ui/Field";
import { Notice, Problem } from "../../ui/Notice";
import "./login.css";

/** Signing in; the page that was asked for shows afterwards, because the address stays. */
export function LoginPage({ ended }: { ended: boolean }) {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [keep, setKeep] = useState(false);
  const [problem, setProblem] = useState<unknown>();
  const [pending, setPending] = useState(false);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setPending(true);
    setProblem(undefined);
    try {
      await signIn(username, password, keep);
    } catch (error) {
      setProblem(error);
      setPending(false);
    }
  };

  return (
    <main className="login">
      <form className="login-form" onSubmit={(event) => void submit(event)}>
        <div className="login-head">
          <img src="/icon.svg" alt="" width={36} height={36} />
          <h1>Sign in to Millrace</h1>
        </div>
        {ended && problem === undefined && (
          <Notice tone="info" title="Your session has ended. Sign in again." />
        )}
        {problem !== undefined && <Problem error={problem} />}
        <TextField
          label="E-mail"
          name="username"
          type="email"
          autoComplete="username"
          value={username}
          onChange={setUsername}
          isRequired
          autoFocus
        />
        <TextField
          label="Password"
          name="password"
          type="password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
          isRequired
        />
        <Checkbox
          label="Stay signed in on this computer"
          description="Otherwise closing the tab signs you out."
          value={keep}
          onChange={setKeep}
        />
        <Button look="primary" type="submit" isPending={pending} isDisabled={!username || !password}>
          Sign in
        </Button>
      </form>
    </main>
  );
}
