import { useState } from "react";
import { type Members, members, text } from "../../../api/shapes";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { TextField } from "../../../ui/Field";
import { Tabs } from "../../../ui/Tabs";
import type { Spot } from "../stored/edit";
import type { Draft } from "../useDraft";
import { TITLE_FIELDS, TOOLBAR_FIELDS } from "./boardFields";
import { FieldInputs } from "./FieldInput";
import { LayoutSettings } from "./LayoutSettings";

interface SettingsProps {
  draft: Draft;
  /** The layout that is looked at. */
  spot: Spot;
  onDone: (draft: Draft) => void;
  onClose: () => void;
}

/** The settings of a dashboard as a whole, and of the layouts of the open state. */
export function DashboardSettings({ draft: before, spot, onDone, onClose }: SettingsProps) {
  const [draft, setDraft] = useState(before);
  const [tab, setTab] = useState("title");
  const { configuration } = draft;
  const settings = members(configuration.settings);
  const put = (next: Members) => setDraft({ ...draft, configuration: next });
  const onSettings = (next: Members) => put({ ...configuration, settings: next });
  return (
    <Dialog
      title="Settings of the dashboard"
      isOpen
      onClose={onClose}
      foot={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            look="primary"
            isDisabled={!draft.title.trim()}
            onPress={() => onDone({ ...draft, title: draft.title.trim() })}
          >
            Apply
          </Button>
        </>
      }
    >
      <Tabs
        label="Settings"
        selected={tab}
        onSelect={setTab}
        tabs={[
          {
            id: "title",
            label: "Title",
            content: (
              <div className="stack">
                <TextField
                  label="Title"
                  value={draft.title}
                  onChange={(title) => setDraft({ ...draft, title })}
                  isRequired
                />
                <TextField
                  label="Description"
                  multiline={2}
                  value={text(configuration.description)}
                  onChange={(description) => put({ ...configuration, description })}
                />
                <FieldInputs fields={TITLE_FIELDS} config={settings} onChange={onSettings} />
              </div>
            ),
          },
          {
            id: "toolbar",
            label: "Toolbar",
            content: (
              <div className="stack">
                <FieldInputs fields={TOOLBAR_FIELDS} config={settings} onChange={onSettings} />
              </div>
            ),
          },
          {
            id: "layout",
            label: "Layout",
            content: <LayoutSettings configuration={configuration} spot={spot} onChange={put} />,
          },
          {
            id: "css",
            label: "Style sheet",
            content: (
              <TextField
                label="CSS of the dashboard"
                multiline={12}
                mono
                value={text(settings.dashboardCss)}
                onChange={(dashboardCss) => onSettings({ ...settings, dashboardCss })}
                description="Holds for this dashboard alone: plain rules, @media and @keyframes. What loads from other servers or leaves the dashboard is left out. Class names of other products mostly name nothing here."
              />
            ),
          },
        ]}
      />
    </Dialog>
  );
}
