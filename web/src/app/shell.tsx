import { Link, useLocation } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef } from "react";
import type { Session } from "../api/session";
import { useText } from "../text";
import { Icon } from "../ui/icons";
import { Components } from "./components";
import { Shortcuts } from "./shortcuts";
import { UserMenu } from "./user-menu";

const pages = [
  { to: "/", name: "home" },
  { to: "/instances", name: "instances" },
  { to: "/services", name: "services" },
  { to: "/recommenders", name: "recommenders" },
  { to: "/workspaces", name: "workspaces" },
  { to: "/images", name: "images" },
  { to: "/keys", name: "keys" },
  { to: "/admin", name: "admin" },
] as const;

/** A new page begins where its content does, for keyboards and screen readers, unless it has chosen a field itself. */
function useFocusOnArrival() {
  const { pathname } = useLocation();
  const before = useRef(pathname);
  useEffect(() => {
    const main = document.getElementById("content");
    if (before.current !== pathname && !main?.contains(document.activeElement)) main?.focus({ preventScroll: true });
    before.current = pathname;
  }, [pathname]);
}

export default function Shell({ session, children }: { session: Session; children: ReactNode }) {
  const t = useText();
  useFocusOnArrival();
  return (
    <Components>
      <div className="shell">
        <a className="skip" href="#content">
          {t("app.skip")}
        </a>
        <header className="side">
          <Link to="/" className="brand">
            <img src={`${import.meta.env.BASE_URL}atelier.svg`} alt="" width={24} height={24} /> {t("app.name")}
          </Link>
          <nav aria-label={t("app.menu")}>
            <ul>
              {pages.map(({ to, name }) => (
                <li key={to}>
                  <Link
                    to={to}
                    activeOptions={{ exact: to === "/", includeSearch: false }}
                    activeProps={{ "aria-current": "page" }}
                  >
                    <Icon name={name} /> <span>{t(`app.${name}`)}</span>
                  </Link>
                </li>
              ))}
            </ul>
          </nav>
          <UserMenu session={session} />
          <Shortcuts />
        </header>
        <main id="content" tabIndex={-1}>
          {session.AppsOrigin === "Shared" && <p className="problem warning">{t("app.shared")}</p>}
          {children}
        </main>
      </div>
    </Components>
  );
}
