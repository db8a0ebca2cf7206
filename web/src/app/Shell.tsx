import { Outlet, useRouterState } from "@tanstack/react-router";
import { Menu as MenuIcon, Search, X } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Breadcrumb, Breadcrumbs, Link } from "react-aria-components";
import { IconButton } from "../ui/Button";
import { Bell } from "../features/notifications/Bell";
import { Connection } from "./Connection";
import { crumbs } from "./navigation";
import { Palette } from "./Palette";
import { SideNavigation } from "./SideNavigation";
import { UserMenu } from "./UserMenu";
import { usePageName } from "./pageName";
import "./shell.css";

/** The frame around every page. */
export function Shell() {
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const pageName = usePageName();
  const [open, setOpen] = useState(false);
  const [palette, setPalette] = useState(false);
  const main = useRef<HTMLElement>(null);

  useEffect(() => {
    setOpen(false);
    main.current?.scrollTo(0, 0);
  }, [pathname]);

  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
        event.preventDefault();
        setPalette((shown) => !shown);
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);

  return (
    <div className="shell">
      <a className="skip-link" href="#main">
        Skip to the page
      </a>
      <aside className={open ? "side side-open" : "side"}>
        <div className="side-head">
          <img src="/icon.svg" alt="" width={28} height={28} />
          <span className="side-name">Millrace</span>
          <span className="side-close">
            <IconButton label="Close navigation" icon={<X aria-hidden />} onPress={() => setOpen(false)} />
          </span>
        </div>
        <SideNavigation pathname={pathname} />
      </aside>
      {open && <div className="side-veil" onClick={() => setOpen(false)} aria-hidden />}
      <div className="top">
        <span className="top-menu">
          <IconButton label="Open navigation" icon={<MenuIcon aria-hidden />} onPress={() => setOpen(true)} />
        </span>
        <nav aria-label="Breadcrumbs" className="top-crumbs">
          <Breadcrumbs className="crumbs">
            {crumbs(pathname, pageName).map((one) => (
              <Breadcrumb key={one.label} className="crumb">
                {one.href ? <Link href={one.href}>{one.label}</Link> : <span>{one.label}</span>}
              </Breadcrumb>
            ))}
          </Breadcrumbs>
        </nav>
        <Connection />
        <IconButton
          label="Search and go to (Ctrl K)"
          icon={<Search aria-hidden />}
          onPress={() => setPalette(true)}
        />
        <Bell />
        <UserMenu />
      </div>
      <main id="main" ref={main} tabIndex={-1} className="main">
        <div className="page">
          <Outlet />
        </div>
      </main>
      <Palette isOpen={palette} onClose={() => setPalette(false)} />
    </div>
  );
}
