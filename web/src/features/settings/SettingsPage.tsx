import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, ok } from "../../api/client";
import { type Density, type Theme, setDensity, setTheme, useDensity, useTheme } from "../../app/preferences";
import { useNamedPage } from "../../app/pageName";
import { PageHead } from "../../layouts/PageHead";
import { Button } from "../../ui/Button";
import { Select, TextField } from "../../ui/Field";
import { Loading, Problem } from "../../ui/Notice";
import { done } from "../../ui/Toast";
import { ApiKeys } from "./ApiKeys";
import { currentUser } from "./apiKeys";

const THEMES: { id: Theme; label: string }[] = [
  { id: "system", label: "As this computer" },
  { id: "light", label: "Light" },
  { id: "dark", label: "Dark" },
];

const DENSITIES: { id: Density; label: string }[] = [
  { id: "comfortable", label: "Comfortable" },
  { id: "compact", label: "Compact" },
];

export function SettingsPage() {
  useNamedPage("Settings");
  const theme = useTheme();
  const density = useDensity();
  return (
    <>
      <PageHead title="Settings" />
      <div className="stack">
        <section className="sheet sheet-pad form" aria-label="This browser">
          <h2>This browser</h2>
          <div className="columns">
            <Select label="Theme" choices={THEMES} value={theme} onChange={setTheme} />
            <Select label="Tables" choices={DENSITIES} value={density} onChange={setDensity} />
          </div>
        </section>
        <Account />
        <Password />
        <ApiKeys />
        <About />
      </div>
    </>
  );
}

function Account() {
  const user = useQuery({ queryKey: ["user"], queryFn: currentUser });
  return (
    <section className="sheet sheet-pad form" aria-label="You">
      <h2>You</h2>
      {user.isPending && <Loading what="your account" />}
      {user.isError && <Problem error={user.error} />}
      {user.data && (
        <dl className="facts">
          <div>
            <dt>E-mail</dt>
            <dd>{user.data.email}</dd>
          </div>
          <div>
            <dt>Role</dt>
            <dd>{user.data.authority === "TENANT_ADMIN" ? "Tenant administrator" : user.data.authority}</dd>
          </div>
        </dl>
      )}
    </section>
  );
}

function Password() {
  const [currentPassword, setCurrent] = useState("");
  const [newPassword, setNew] = useState("");
  const [again, setAgain] = useState("");
  const [problem, setProblem] = useState<unknown>();
  const differs = again !== "" && again !== newPassword;
  const change = async () => {
    setProblem(undefined);
    try {
      await ok(api.POST("/api/auth/changePassword", { body: { currentPassword, newPassword } }));
      setCurrent("");
      setNew("");
      setAgain("");
      done("Password changed; other sessions have to sign in again");
    } catch (error) {
      setProblem(error);
    }
  };
  return (
    <section className="sheet sheet-pad form" aria-label="Password">
      <h2>Password</h2>
      {problem !== undefined && <Problem error={problem} />}
      <TextField
        label="Current password"
        type="password"
        autoComplete="current-password"
        value={currentPassword}
        onChange={setCurrent}
      />
      <TextField
        label="New password"
        type="password"
        autoComplete="new-password"
        value={newPassword}
        onChange={setNew}
      />
      <TextField
        label="New password again"
        type="password"
        autoComplete="new-password"
        value={again}
        onChange={setAgain}
        error={differs ? "differs from the new password" : undefined}
      />
      <div className="form-actions">
        <Button
          look="primary"
          isDisabled={!currentPassword || !newPassword || again !== newPassword}
          onPress={() => void change()}
        >
          Change password
        </Button>
      </div>
    </section>
  );
}

function About() {
  const info = useQuery({ queryKey: ["system"], queryFn: () => ok(api.GET("/api/system/info")) });
  return (
    <section className="sheet sheet-pad form" aria-label="About">
      <h2>About</h2>
      <p>
        Millrace {info.data?.version} · <a href="/api/docs">API description</a> ·{" "}
        <a href="/metrics">Metrics</a>
      </p>
    </section>
  );
}
