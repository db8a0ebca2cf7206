import { Link } from "@tanstack/react-router";
import { NAVIGATION } from "./navigation";

export function SideNavigation({ pathname }: { pathname: string }) {
  const first = `/${pathname.split("/")[1] ?? ""}`;
  return (
    <nav aria-label="Main" className="side-nav">
      {NAVIGATION.map((group, index) => (
        <div key={group.label ?? index} className="side-group">
          {group.label && <p className="side-label">{group.label}</p>}
          <ul>
            {group.places.map((place) => (
              <li key={place.path}>
                <Link
                  to={place.path}
                  className={place.path === first ? "side-link side-link-here" : "side-link"}
                  aria-current={place.path === first ? "page" : undefined}
                >
                  <place.icon aria-hidden size={16} />
                  {place.label}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}
