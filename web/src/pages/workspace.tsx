import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { Button } from "antd";
import { type FormEvent, useState } from "react";
import { type Member, membersQuery, useChange, userIdOf, workspaceQuery } from "../api/account";
import { change } from "../api/client";
import { useRefusal } from "../api/permissions";
import { useText } from "../text";
import { Asked, Confirmed } from "../ui/ask";
import { Dialog } from "../ui/dialog";
import { Problem } from "../ui/states";
import { Table } from "../ui/table";
import { Time } from "../ui/time";
import { Title } from "../ui/title";
import { Pager } from "./list/pager";
import { MayButton, useReason } from "../ui/may-button";

/** Roles that one can give. The owner's is nobody's to give or take. */
const roles = [
  "PAI.WorkspaceAdmin",
  "PAI.AlgoDeveloper",
  "PAI.AlgoOperator",
  "PAI.LabelManager",
  "PAI.MaxComputeDeveloper",
  "PAI.WorkspaceGuest",
] as const;
const owner = "PAI.WorkspaceOwner";
const shortOf = (role: string) => role.replace(/^PAI\./, "");
const size = 50;

export function Workspace() {
  const t = useText();
  const { id = "" } = useParams({ strict: false });
  return (
    <Asked query={useQuery(workspaceQuery(id))}>
      {(workspace) => (
        <>
          <Title
            extra={
              <Link to="/instances" search={{ q: `workspace:${id}` }} className="button">
                {t("workspaces.instances")}
              </Link>
            }
          >
            {workspace.DisplayName || workspace.WorkspaceName || id}
          </Title>
          <p>{workspace.Description}</p>
          <dl className="facts">
            <div>
              <dt>{t("instance.id")}</dt>
              <dd>
                <code>{id}</code>
              </dd>
            </div>
            <div>
              <dt>{t("list.column.name")}</dt>
              <dd>{workspace.WorkspaceName}</dd>
            </div>
            <div>
              <dt>{t("list.column.created")}</dt>
              <dd>
                <Time at={workspace.GmtCreateTime} />
              </dd>
            </div>
          </dl>
          <Members id={id} />
        </>
      )}
    </Asked>
  );
}

function Members({ id }: { id: string }) {
  const t = useText();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as { page?: string };
  const page = /^[1-9]\d{0,5}$/.test(search.page ?? "") ? Number(search.page) : 1;
  const [adding, setAdding] = useState(false);
  const query = useQuery(membersQuery(id, page));
  const go = (to: number) =>
    void navigate({ to: "/workspaces/$id", params: { id }, search: to === 1 ? {} : { page: String(to) } });
  return (
    <section aria-labelledby="members">
      <div className="title">
        <h2 id="members">{t("members.title")}</h2>
        <MayButton may={["paiworkspace:CreateMember", id]} onClick={() => setAdding(true)}>
          {t("members.add")}
        </MayButton>
      </div>
      <Asked query={query}>
        {({ Members: rows = [], TotalCount: total = 0 }) => (
          <>
            <MemberTable id={id} rows={rows} />
            {total > size && (
              <Pager state={{ q: "", page, size }} total={total} sized={false} go={({ page: to }) => to && go(to)} />
            )}
          </>
        )}
      </Asked>
      {adding && <Add id={id} close={() => setAdding(false)} />}
    </section>
  );
}

function MemberTable({ id, rows }: { id: string; rows: Member[] }) {
  const t = useText();
  const again = ["ListMembers"];
  const remove = useChange(
    ({ MemberId: member = "" }: Member) => change("DeleteMembers", { WorkspaceId: id, MemberIds: member }),
    { again, what: (one) => one.MemberName ?? "", said: (one) => t("members.removed", { name: one.MemberName ?? "" }) },
  );
  const turn = useChange(
    ({ member, role, on }: { member: Member; role: string; on: boolean }) =>
      change(on ? "AddMemberRole" : "RemoveMemberRole", {
        WorkspaceId: id,
        MemberId: member.MemberId ?? "",
        RoleName: role as never,
      }),
    { again, what: ({ member }) => member.MemberName ?? "" },
  );
  const reason = useReason();
  const refusals = {
    add: useRefusal(["paiworkspace:AddMemberRole", id]),
    remove: useRefusal(["paiworkspace:RemoveMemberRole", id]),
  };
  const columns = [
    {
      head: t("list.column.name"),
      cell: (one: Member) => (
        <>
          {one.DisplayName || one.MemberName}
          <span className="id">{one.UserId}</span>
        </>
      ),
    },
    {
      head: t("members.roles"),
      cell: (one: Member) =>
        one.Roles?.includes(owner) ? (
          <strong>{shortOf(owner)}</strong>
        ) : (
          <span className="checks">
            {roles.map((role) => {
              const has = one.Roles?.includes(role) ?? false;
              const refusal = has ? refusals.remove : refusals.add;
              return (
                <label key={role} title={refusal && reason(refusal)}>
                  <input
                    type="checkbox"
                    aria-label={t("members.roleOf", { role: shortOf(role), name: one.MemberName ?? "" })}
                    checked={has}
                    disabled={turn.isPending || refusal !== undefined}
                    onChange={(event) => turn.mutate({ member: one, role, on: event.target.checked })}
                  />{" "}
                  {shortOf(role)}
                </label>
              );
            })}
          </span>
        ),
    },
    { head: t("members.since"), cell: (one: Member) => <Time at={one.GmtCreateTime} /> },
    {
      head: t("list.column.actions"),
      cell: (one: Member) =>
        !one.Roles?.includes(owner) && (
          <Confirmed
            label={t("members.remove")}
            name={t("members.removeNamed", { name: one.MemberName ?? "" })}
            title={t("members.removeTitle", { name: one.MemberName ?? "" })}
            may={["paiworkspace:DeleteMembers", id]}
            run={() => remove.mutateAsync(one)}
          >
            <p>{t("members.removeWhat")}</p>
          </Confirmed>
        ),
    },
  ];
  return <Table caption={t("members.title")} columns={columns} rows={rows} keyOf={(one) => one.MemberId ?? ""} />;
}

function Add({ id, close }: { id: string; close: () => void }) {
  const t = useText();
  const add = useChange(
    async ({ name, role }: { name: string; role: string }) =>
      change("CreateMember", { WorkspaceId: id }, { Members: [{ UserId: await userIdOf(name), Roles: [role] }] }),
    { again: ["ListMembers"], what: ({ name }) => name, said: ({ name }) => t("members.added", { name }) },
  );
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = new FormData(event.currentTarget);
    add.mutate({ name: String(typed.get("name")).trim(), role: String(typed.get("role")) }, { onSuccess: close });
  };
  return (
    <Dialog title={t("members.add")} close={close}>
      <form onSubmit={submit}>
        <label className="field">
          {t("members.user")}
          <input className="input" name="name" autoFocus required maxLength={64} autoComplete="off" />
        </label>
        <label className="field">
          {t("members.role")}
          <select className="input" name="role" defaultValue="PAI.AlgoDeveloper">
            {roles.map((role) => (
              <option key={role} value={role}>
                {shortOf(role)}
              </option>
            ))}
          </select>
        </label>
        {add.error && <Problem error={add.error} />}
        <footer>
          <Button onClick={close}>{t("action.cancel")}</Button>
          <Button htmlType="submit" type="primary" loading={add.isPending}>
            {t("members.add")}
          </Button>
        </footer>
      </form>
    </Dialog>
  );
}
