import { Braces, CircleUser, LogOut, Monitor, Moon, Rows3, Rows4, Sun } from "lucide-react";
import { signOut } from "../api/session";
import { IconButton } from "../ui/Button";
import { Menu } from "../ui/Menu";
import { setDensity, setTheme, useDensity, useTheme } from "./preferences";

const NEXT = { system: "light", light: "dark", dark: "system" } as const;
const ICONS = { system: <Monitor aria-hidden />, light: <Sun aria-hidden />, dark: <Moon aria-hidden /> };

export function UserMenu() {
  const theme = useTheme();
  const density = useDensity();
  return (
    <Menu
      label="You"
      actions={[
        {
          id: "theme",
          label: `Theme: ${theme}`,
          icon: ICONS[theme],
          onAction: () => setTheme(NEXT[theme]),
        },
        {
          id: "density",
          label: density === "compact" ? "Comfortable rows" : "Compact rows",
          icon: density === "compact" ? <Rows3 aria-hidden /> : <Rows4 aria-hidden />,
          onAction: () => setDensity(density === "compact" ? "comfortable" : "compact"),
        },
        {
          id: "docs",
          label: "API description",
          icon: <Braces aria-hidden />,
          onAction: () => window.open("/api/docs", "_blank", "noopener"),
        },
        { id: "out", label: "Sign out", icon: <LogOut aria-hidden />, onAction: () => void signOut() },
      ]}
    >
      <IconButton label="You and this browser" icon={<CircleUser aria-hidden />} />
    </Menu>
  );
}
