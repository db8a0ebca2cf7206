import type { ReactNode } from "react";
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
  const known = tabs.some((one) => one.id === selected) ? selected : tabs[0]?.id;
  return (
    <AriaTabs className="tabs" selectedKey={known} onSelectionChange={(key) => onSelect(String(key))}>
      <TabList aria-label={label} className="tab-list">
        {tabs.map((one) => (
          <Tab key={one.id} id={one.id} className="tab" ref={one.id === known ? intoSight : undefined}>
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

/** On a narrow screen the chosen tab may lie beyond the edge. */
function intoSight(tab: HTMLElement | null): void {
  tab?.scrollIntoView({ block: "nearest", inline: "nearest" });
}
