import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { type FormEvent, useState } from "react";
import { useChange } from "../api/account";
import { change } from "../api/client";
import { type Workspace, workspacesQuery } from "../api/instances";
import { useText } from "../text";
import { Asked } from "../ui/ask";
import { Dialog } from "../ui/dialog";
import { InstancesLink } from "../ui/instances-link";
import { Problem } from "../ui/states";
import { Table } from "../ui/table";
import { Time } from "../ui/time";
import { Title } from "../ui/title";
import { MayButton } from "../ui/may-button";

export function Workspaces() {
  const t = useText();
  const [open, setOpen] = useState(false);
  const columns = [
    {
      head: t("list.column.name"),
      cell: (one: Workspace) => (
        <>
          <Link to="/workspaces/$id" params={{ id: one.WorkspaceId ?? "" }}>
            {one.DisplayName || one.WorkspaceName}
          </Link>
          <span className="id">{one.WorkspaceName}</span>
        </>
      ),
    },
    { head: t("images.what"), cell: (one: Workspace) => one.Description },
    {
      head: t("workspaces.default"),
      cell: (one: Workspace) => (one.IsDefault ? t("workspaces.yours") : ""),
    },
    { head: t("list.column.created"), cell: (one: Workspace) => <Time at={one.GmtCreateTime} /> },
    {
      head: t("app.instances"),
      cell: (one: Workspace) => <InstancesLink q={`workspace:${one.WorkspaceId}`} of={one.WorkspaceName ?? ""} />,
    },
  ];
  return (
    <>
      <Title
        extra={
          <MayButton may={["paiworkspace:CreateWorkspace", ""]} type="primary" onClick={() => setOpen(true)}>
            {t("workspaces.create")}
          </MayButton>
        }
      >
        {t("app.workspaces")}
      </Title>
      <Asked query={useQuery(workspacesQuery)}>
        {(rows) =>
          rows.length === 0 ? (
            <p>{t("create.noWorkspace")}</p>
          ) : (
            <Table caption={t("app.workspaces")} columns={columns} rows={rows} keyOf={(one) => one.WorkspaceId ?? ""} />
          )
        }
      </Asked>
      {open && <Create close={() => setOpen(false)} />}
    </>
  );
}

function Create({ close }: { close: () => void }) {
  const t = useText();
  const create = useChange(
    ({ name, description }: { name: string; description: string }) =>
      change("CreateWorkspace", {}, { WorkspaceName: name, Description: description, EnvTypes: ["prod"] }),
    { again: ["ListWorkspaces"], what: ({ name }) => name, said: ({ name }) => t("workspaces.created", { name }) },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    create.mutate(
      { name: String(typed.get("name")), description: String(typed.get("description")) },
      { onSuccess: close },
    );
  };
  return (
    <Dialog title={t("workspaces.create")} close={close}>
      <form onSubmit={submit}>
        <label className="field">
          {t("list.column.name")}
          <input
            className="input"
            name="name"
            autoFocus
            required
            minLength={3}
            maxLength={23}
            pattern="[A-Za-z][A-Za-z0-9_]*"
            autoComplete="off"
            aria-describedby="workspace-help"
          />
          <small id="workspace-help" className="quiet">
            {t("workspaces.nameHelp")}
          </small>
        </label>
        <label className="field">
          {t("images.what")}
          <input className="input" name="description" required maxLength={200} autoComplete="off" />
        </label>
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
