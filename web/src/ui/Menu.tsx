import type { ReactElement, ReactNode } from "react";
import { Menu as AriaMenu, MenuItem, MenuTrigger, Popover } from "react-aria-components";
import "./overlay.css";

export interface Action {
  id: string;
  label: string;
  icon?: ReactNode;
  danger?: boolean;
  href?: string;
  onAction?: () => void;
}

/** A button with a menu of actions; the button is the one child. */
export function Menu({
  label,
  actions,
  children,
}: {
  label: string;
  actions: Action[];
  children: ReactElement;
}) {
  return (
    <MenuTrigger>
      {children}
      <Popover className="popover" placement="bottom end">
        <AriaMenu className="menu" aria-label={label}>
          {actions.map((one) => (
            <MenuItem
              key={one.id}
              id={one.id}
              textValue={one.label}
              href={one.href}
              onAction={one.onAction}
              className={one.danger ? "menu-item menu-item-danger" : "menu-item"}
            >
              {one.icon}
              {one.label}
            </MenuItem>
          ))}
        </AriaMenu>
      </Popover>
    </MenuTrigger>
  );
}
