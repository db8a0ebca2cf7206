import { type ReactNode, useEffect, useRef } from "react";
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from "react-aria-components";
import "./tabs.css";

export interface TabOf {
  id: string;
  label: string;
  content: ReactNode;
}

interface TabsProps {
  label: string;
  tabs: TabOf[];
  selected: string;
  onSelect: (id: string) => void;
}

export function Tabs({ label, tabs, selected, onSelect }: TabsProps) {
  const list = useRef<HTMLDivElement>(null);
  const known = tabs.some((one) => one.id === selected) ? selected : tabs[0]?.id;
  useEffect(() => {
    // On a narrow screen the chosen tab may lie beyond the edge.
    list.current?.querySelector("[data-selected]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, [known]);
  return (
    <AriaTabs className="tabs" selectedKey={known} onSelectionChange={(key) => onSelect(String(key))}>
      <TabList ref={list} aria-label={label} className="tab-list">
        {tabs.map((one) => (
          <Tab key={one.id} id={one.id} className="tab">
            {one.label}
          </Tab>
        ))}
      </TabList>
      {tabs.map((one) => (
        <TabPanel key={one.id} id={one.id} className="tab-panel">
          {one.content}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
