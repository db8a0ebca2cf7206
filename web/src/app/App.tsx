import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { useEffect, useState, useSyncExternalStore } from "react";
import { ApiError } from "../api/errors";
import { refresh, sessionState, watchSession } from "../api/session";
import { LoginPage } from "../features/login/LoginPage";
import { Loading, Problem } from "../ui/Notice";
import { Toasts } from "../ui/Toast";
import { makeRouter } from "./router";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      // A refusal stays a refusal; only a server that is away is asked again.
      retry: (count, error) =>
        count < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500),
    },
  },
});
const router = makeRouter();

export function App() {
  const session = useSyncExternalStore(watchSession, sessionState);
  const [problem, setProblem] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    if (sessionState().kind !== "starting") return;
    setProblem(undefined);
    refresh().catch(setProblem);
  }, [attempt]);

  useEffect(() => {
    if (session.kind === "out") queries.clear();
  }, [session.kind]);

  if (session.kind === "starting") {
    return (
      <main className="login">
        {problem === undefined ? (
          <Loading what="Millrace" />
        ) : (
          <Problem error={problem} onRetry={() => setAttempt((n) => n + 1)} />
        )}
      </main>
    );
  }
  if (session.kind === "out") return <LoginPage ended={session.ended === true} />;
  return (
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
      <Toasts />
    </QueryClientProvider>
  );
}
