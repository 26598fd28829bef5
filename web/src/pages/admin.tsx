import { Link, useParams } from "@tanstack/react-router";
import { useText } from "../text";
import { Title } from "../ui/title";
import { Audit } from "./admin/audit";
import { Health } from "./admin/health";
import { AllSessions } from "./admin/all-sessions";
import { Users } from "./admin/users";
import { NotFound } from "./not-found";

const tabs = { users: Users, sessions: AllSessions, audit: Audit, health: Health } as const;
type Tab = keyof typeof tabs;

/** What is for who looks after the others. Whoever may not do it reads so in its place. */
export function Admin() {
  const t = useText();
  const { tab = "" } = useParams({ strict: false });
  if (!Object.hasOwn(tabs, tab)) return <NotFound />;
  const Shown = tabs[tab as Tab];
  return (
    <>
      <Title>{t("app.admin")}</Title>
      <nav className="tabs" aria-label={t("instance.parts")}>
        {(Object.keys(tabs) as Tab[]).map((one) => (
          <Link
            key={one}
            to="/admin/$tab"
            params={{ tab: one }}
            activeProps={{ "aria-current": "page" }}
            activeOptions={{ includeSearch: false }}
          >
            {t(`admin.${one}`)}
          </Link>
        ))}
      </nav>
      <Shown />
    </>
  );
}
