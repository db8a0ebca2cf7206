import { useQuery } from "@tanstack/react-query";
import { Box, Braces, Cable, GitFork, LayoutDashboard, type LucideIcon, Thermometer } from "lucide-react";
import { useState } from "react";
import {
  Autocomplete,
  Dialog,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  Modal,
  ModalOverlay,
  SearchField,
} from "react-aria-components";
import { listAssets } from "../features/assets/requests";
import { listConverters } from "../features/converters/requests";
import { listDashboards } from "../features/dashboards/requests";
import { listDevices } from "../features/devices/requests";
import { listIntegrations } from "../features/integrations/requests";
import { listRuleChains } from "../features/ruleChains/requests";
import { PLACES } from "./navigation";

const FOUND = 5;

interface Hit {
  id: string;
  label: string;
  href: string;
  icon: LucideIcon;
}

async function find(text: string): Promise<Hit[]> {
  const query = {
    page: 0,
    pageSize: FOUND,
    textSearch: text,
    sortProperty: "name",
    sortOrder: "ASC" as const,
  };
  const [dashboards, devices, assets, integrations, converters, chains] = await Promise.all([
    listDashboards({ ...query, sortProperty: "title" }),
    listDevices(query),
    listAssets(query),
    listIntegrations(query),
    listConverters(query),
    listRuleChains(query),
  ]);
  const hits = (
    rows: { id?: { id: string } | null; name?: string }[],
    path: string,
    icon: LucideIcon,
  ): Hit[] =>
    rows.flatMap((row) =>
      row.id ? [{ id: row.id.id, label: row.name ?? "", href: `${path}/${row.id.id}`, icon }] : [],
    );
  const boards = dashboards.data.map(({ id, title }) => ({ id, name: title }));
  return [
    ...hits(boards, "/dashboards", LayoutDashboard),
    ...hits(devices.data, "/devices", Thermometer),
    ...hits(assets.data, "/assets", Box),
    ...hits(integrations.data, "/integrations", Cable),
    ...hits(converters.data, "/converters", Braces),
    ...hits(chains.data, "/rule-chains", GitFork),
  ];
}

/** Goes anywhere by typing: pages, and entities by name. */
export function Palette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const [text, setText] = useState("");
  const found = useQuery({
    queryKey: ["palette", text],
    queryFn: () => find(text),
    enabled: isOpen && text.length > 0,
    placeholderData: (before) => before,
  });
  const close = () => {
    setText("");
    onClose();
  };
  const wanted = text.toLowerCase();
  const places = PLACES.filter((one) => one.label.toLowerCase().includes(wanted));
  const hits = text ? (found.data ?? []) : [];
  return (
    <ModalOverlay
      className="veil veil-top"
      isOpen={isOpen}
      onOpenChange={(open) => !open && close()}
      isDismissable
    >
      <Modal className="modal">
        <Dialog className="dialog" aria-label="Search and go to">
          <Autocomplete inputValue={text} onInputChange={setText}>
            <SearchField aria-label="Search and go to" className="palette-input" autoFocus>
              <Input className="input" placeholder="A page, or the name of anything" />
            </SearchField>
            <Menu
              className="menu palette-list"
              aria-label="Places"
              onAction={close}
              renderEmptyState={() => <p className="palette-head">Nothing of that name.</p>}
            >
              {hits.length > 0 && (
                <MenuSection>
                  <Header className="palette-head">Found</Header>
                  {hits.map((one) => (
                    <MenuItem
                      key={one.id}
                      id={one.id}
                      href={one.href}
                      textValue={one.label}
                      className="menu-item"
                    >
                      <one.icon aria-hidden />
                      {one.label}
                    </MenuItem>
                  ))}
                </MenuSection>
              )}
              {places.length > 0 && (
                <MenuSection>
                  <Header className="palette-head">Pages</Header>
                  {places.map((one) => (
                    <MenuItem
                      key={one.path}
                      id={one.path}
                      href={one.path}
                      textValue={one.label}
                      className="menu-item"
                    >
                      <one.icon aria-hidden />
                      {one.label}
                    </MenuItem>
                  ))}
                </MenuSection>
              )}
            </Menu>
          </Autocomplete>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
