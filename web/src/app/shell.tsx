import { AppstoreOutlined, HomeOutlined, UserOutlined } from "@ant-design/icons";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { App, Button, Dropdown } from "antd";
import type { ReactNode } from "react";
import { type Session, signOut } from "../api/session";
import { languages, useLanguage, useText } from "../text";
import { Components } from "./components";
import { choices, useTheme } from "./theme";

const pages = [
  { to: "/", name: "home", icon: <HomeOutlined /> },
  { to: "/instances", name: "instances", icon: <AppstoreOutlined /> },
] as const;

export default function Shell({ session, children }: { session: Session; children: ReactNode }) {
  const t = useText();
  return (
    <Components>
      <div className="shell">
        <a className="skip" href="#content">
          {t("app.skip")}
        </a>
        <header className="top">
          <Link to="/" className="brand">
            <img src={`${import.meta.env.BASE_URL}atelier.svg`} alt="" width={22} height={22} /> {t("app.name")}
          </Link>
          <UserMenu session={session} />
        </header>
        <nav className="side" aria-label={t("app.menu")}>
          <ul>
            {pages.map(({ to, name, icon }) => (
              <li key={to}>
                <Link
                  to={to}
                  activeOptions={{ exact: to === "/", includeSearch: false }}
                  activeProps={{ "aria-current": "page" }}
                >
                  {icon} <span>{t(`app.${name}`)}</span>
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <main id="content" tabIndex={-1}>
          {children}
        </main>
      </div>
    </Components>
  );
}

function UserMenu({ session }: { session: Session }) {
  const t = useText();
  const { language, setLanguage } = useLanguage();
  const { choice, setChoice } = useTheme();
  const queries = useQueryClient();
  const { message } = App.useApp();
  const name = session.DisplayName || session.UserName;

  const leave = async () => {
    try {
      await signOut();
      // Nothing of this person's is shown to the next.
      queries.clear();
      location.assign(`${import.meta.env.BASE_URL}sign-in`);
    } catch {
      void message.error(t("error.title"));
    }
  };
  const items = [
    {
      key: "language",
      type: "group" as const,
      label: t("app.language"),
      children: Object.entries(languages).map(([key, label]) => ({
        key: `language:${key}`,
        label: <span lang={key}>{label}</span>,
      })),
    },
    {
      key: "theme",
      type: "group" as const,
      label: t("app.theme"),
      children: choices.map((key) => ({ key: `theme:${key}`, label: t(`theme.${key}`) })),
    },
    { type: "divider" as const },
    { key: "leave", label: t("app.signOut") },
  ];
  const choose = ({ key }: { key: string }) => {
    const [what, value] = key.split(":");
    if (what === "language") setLanguage(value as keyof typeof languages);
    if (what === "theme") setChoice(value as (typeof choices)[number]);
    if (what === "leave") void leave();
  };
  return (
    <Dropdown
      trigger={["click"]}
      menu={{
        items,
        selectable: true,
        multiple: true,
        selectedKeys: [`language:${language}`, `theme:${choice}`],
        onClick: choose,
      }}
    >
      <Button type="text" icon={<UserOutlined />} aria-haspopup="menu" aria-label={t("app.user", { name })}>
        <span className="user-name">{name}</span>
      </Button>
    </Dropdown>
  );
}
