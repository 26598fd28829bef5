import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import type { Session } from "../api/session";
import { useText } from "../text";
import { Icon } from "../ui/icons";
import { Components } from "./components";
import { UserMenu } from "./user-menu";

const pages = [
  { to: "/", name: "home" },
  { to: "/instances", name: "instances" },
  { to: "/services", name: "services" },
] as const;

export default function Shell({ session, children }: { session: Session; children: ReactNode }) {
  const t = useText();
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
        </header>
        <main id="content" tabIndex={-1}>
          {session.AppsOrigin === "Shared" && <p className="problem warning">{t("app.shared")}</p>}
          {children}
        </main>
      </div>
    </Components>
  );
}
