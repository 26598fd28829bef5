import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { type FormEvent, useState } from "react";
import { type User, useChange, usersQuery } from "../../api/account";
import { change } from "../../api/client";
import { useText } from "../../text";
import { Asked } from "../../ui/ask";
import { Copy } from "../../ui/copy";
import { Dialog } from "../../ui/dialog";
import { InstancesLink } from "../../ui/instances-link";
import { Problem } from "../../ui/states";
import { Table } from "../../ui/table";
import { Time } from "../../ui/time";
import { MayButton, SignInNotice } from "../../ui/may-button";

export function Users() {
  const t = useText();
  const [open, setOpen] = useState(false);
  const [find, setFind] = useState("");
  const matches = (user: User) =>
    `${user.UserName} ${user.DisplayName} ${user.UserId}`.toLowerCase().includes(find.toLowerCase());
  return (
    <section aria-labelledby="users">
      <div className="title">
        <h2 id="users">{t("admin.users")}</h2>
        <MayButton may={["ram:CreateUser", ""]} type="primary" onClick={() => setOpen(true)}>
          {t("users.create")}
        </MayButton>
      </div>
      <SignInNotice may={["ram:CreateUser", ""]} />
      <Asked query={useQuery(usersQuery)}>
        {(rows) =>
          rows.length === 0 ? (
            <p>{t("users.none")}</p>
          ) : (
            <>
              <label className="field find-user">
                {t("users.find")}
                <input className="input" value={find} onChange={(event) => setFind(event.target.value)} />
              </label>
              <UserTable rows={rows.filter(matches)} />
            </>
          )
        }
      </Asked>
      {open && <Create close={() => setOpen(false)} />}
    </section>
  );
}

function UserTable({ rows }: { rows: User[] }) {
  const t = useText();
  const columns = [
    {
      head: t("list.column.name"),
      cell: (user: User) => (
        <>
          <Link to="/admin/users/$name" params={{ name: user.UserName ?? "" }}>
            {user.UserName}
          </Link>
          <span className="id">{user.UserId}</span>
        </>
      ),
    },
    { head: t("users.display"), cell: (user: User) => user.DisplayName },
    { head: t("list.column.created"), cell: (user: User) => <Time at={user.CreateDate} /> },
    {
      head: t("app.instances"),
      cell: (user: User) => <InstancesLink q={`owner:${user.UserId}`} of={user.UserName ?? ""} />,
    },
    { head: t("list.column.actions"), cell: (user: User) => <SignInLink user={user} /> },
  ];
  return <Table caption={t("admin.users")} columns={columns} rows={rows} keyOf={(user) => user.UserId ?? ""} />;
}

/** Lets a colleague in: a link for their browser, good once and for a minute. */
export function SignInLink({ user }: { user: User }) {
  const t = useText();
  const [url, setUrl] = useState("");
  const make = useChange(() => change("CreateSignInLink", {}, { UserId: user.UserId }), {
    again: [],
    what: () => user.UserName ?? "",
  });
  return (
    <>
      <MayButton
        may={["ram:CreateAccessKey", ""]} // for another user it is as much as a key of theirs
        size="small"
        loading={make.isPending}
        aria-label={t("users.linkFor", { name: user.UserName ?? "" })}
        onClick={() => make.mutate(undefined, { onSuccess: ({ Url = "" }) => setUrl(Url) })}
      >
        {t("users.link")}
      </MayButton>
      {url !== "" && (
        <Dialog title={t("users.linkFor", { name: user.UserName ?? "" })} close={() => setUrl("")}>
          <p>{t("users.linkUse")}</p>
          <pre tabIndex={0} role="group" aria-label={t("users.link")}>
            {url}
          </pre>
          <footer>
            <Copy text={url}>{t("users.copyLink")}</Copy>
          </footer>
        </Dialog>
      )}
    </>
  );
}

function Create({ close }: { close: () => void }) {
  const t = useText();
  const create = useChange(
    ({ name, display }: { name: string; display: string }) =>
      change("CreateUser", { UserName: name, ...(display ? { DisplayName: display } : {}) }),
    { again: ["ListUsers"], what: ({ name }) => name, said: ({ name }) => t("users.created", { name }) },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    create.mutate({ name: String(typed.get("name")), display: String(typed.get("display")) }, { onSuccess: close });
  };
  return (
    <Dialog title={t("users.create")} close={close}>
      <form onSubmit={submit}>
        <label className="field">
          {t("signIn.name")}
          <input className="input" name="name" autoFocus required maxLength={64} autoComplete="off" />
        </label>
        <label className="field">
          {t("users.display")}
          <input className="input" name="display" maxLength={128} autoComplete="off" />
        </label>
        <p className="quiet">{t("users.createWhat")}</p>
        {create.error && <Problem error={create.error} />}
        <footer>
          <Button onClick={close}>{t("action.cancel")}</Button>
          <Button htmlType="submit" type="primary" loading={create.isPending}>
            {t("action.create")}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
