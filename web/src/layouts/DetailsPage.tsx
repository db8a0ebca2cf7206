import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Tabs, type TabOf } from "../ui/Tabs";
import type { ListSearch } from "../lists/search";
import { PageHead } from "./PageHead";

interface DetailsPageProps {
  title: string;
  state?: ReactNode;
  intro?: ReactNode;
  actions?: ReactNode;
  tabs: TabOf[];
}

/** The layout of one thing's page. The open tab is part of the address. */
export function DetailsPage({ title, state, intro, actions, tabs }: DetailsPageProps) {
  const search: ListSearch = useSearch({ strict: false });
  const navigate = useNavigate();
  return (
    <>
      <PageHead title={title} state={state} intro={intro} actions={actions} />
      <Tabs
        label={title}
        tabs={tabs}
        selected={search.tab ?? tabs[0]?.id ?? ""}
        onSelect={(tab) => void navigate({ to: ".", search: { tab }, replace: true })}
      />
    </>
  );
}
