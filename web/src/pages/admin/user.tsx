import { useQuery } from "@tanstack/react-query";
import { useNavigate, useParams } from "@tanstack/react-router";
import {
  attachedQuery,
  policiesQuery,
  type Policy,
  sessionsQuery,
  type User as Data,
  useChange,
} from "../../api/account";
import { call, change } from "../../api/client";
import { useText } from "../../text";
import { Asked, Confirmed } from "../../ui/ask";
import { Table } from "../../ui/table";
import { Time } from "../../ui/time";
import { Title } from "../../ui/title";
import { Sessions } from "./sessions";
import { SignInLink } from "./users";
import { MayButton, SignInNotice } from "../../ui/may-button";

/** One user: what they may do, and where they are signed in. */
export function User() {
  const { name = "" } = useParams({ strict: false });
  const query = useQuery({
    queryKey: ["GetUser", name],
    queryFn: async ({ signal }) => (await call("GetUser", { UserName: name }, signal)).User as Data,
  });
  return <Asked query={query}>{(user) => <Shown user={user} />}</Asked>;
}

function Shown({ user }: { user: Data }) {
  const t = useText();
  const navigate = useNavigate();
  const name = user.UserName ?? "";
  const remove = useChange(() => change("DeleteUser", { UserName: name }), {
    again: ["ListUsers"],
    what: () => name,
    said: () => t("users.deleted", { name }),
  });
  const leave = () => void navigate({ to: "/admin/$tab", params: { tab: "users" } });
  return (
    <>
      <Title
        extra={
          <span className="actions">
            <SignInLink user={user} />
            <Confirmed
              label={t("action.delete")}
              name={t("action.deleteNamed", { name })}
              title={t("delete.title", { name })}
              may={["ram:DeleteUser", ""]}
              run={() => remove.mutateAsync(undefined).then(leave)}
            >
              <p>{t("users.deleteWhat")}</p>
            </Confirmed>
          </span>
        }
      >
        {name}
      </Title>
      <SignInNotice may={["ram:DeleteUser", ""]} />
      <dl className="facts">
        <div>
          <dt>{t("instance.id")}</dt>
          <dd>
            <code>{user.UserId}</code>
          </dd>
        </div>
        <div>
          <dt>{t("users.display")}</dt>
          <dd>{user.DisplayName || "–"}</dd>
        </div>
        <div>
          <dt>{t("list.column.created")}</dt>
          <dd>
            <Time at={user.CreateDate} />
          </dd>
        </div>
      </dl>
      <Policies name={name} />
      <section aria-labelledby="browsers">
        <h2 id="browsers">{t("sessions.title")}</h2>
        <Asked query={useQuery(sessionsQuery(user.UserId ?? ""))}>
          {({ Sessions: rows = [] }) => <Sessions rows={rows} />}
        </Asked>
      </section>
    </>
  );
}

/** All that there are: those that are attached first. */
function Policies({ name }: { name: string }) {
  const t = useText();
  const attached = useQuery(attachedQuery(name));
  const all = useQuery(policiesQuery);
  const turn = useChange(
    ({ policy, on }: { policy: Policy; on: boolean }) =>
      change(on ? "AttachPolicyToUser" : "DetachPolicyFromUser", {
        UserName: name,
        PolicyName: policy.PolicyName ?? "",
        PolicyType: policy.PolicyType as never,
      }),
    { again: ["ListPoliciesForUser"], what: ({ policy }) => policy.PolicyName ?? "" },
  );
  return (
    <section aria-labelledby="policies">
      <h2 id="policies">{t("users.policies")}</h2>
      <Asked query={attached}>
        {(has) => (
          <Asked query={all}>
            {(policies) => {
              const names = new Set(has.map((one) => one.PolicyName));
              const columns = [
                { head: t("list.column.name"), cell: (one: Policy) => <code>{one.PolicyName}</code> },
                { head: t("images.what"), cell: (one: Policy) => one.Description },
                {
                  head: t("list.column.actions"),
                  cell: (policy: Policy) => {
                    const on = names.has(policy.PolicyName);
                    const label = t(on ? "users.detach" : "users.attach");
                    return (
                      <MayButton
                        may={[on ? "ram:DetachPolicyFromUser" : "ram:AttachPolicyToUser", ""]}
                        size="small"
                        aria-label={`${label} ${policy.PolicyName}`}
                        loading={turn.isPending && turn.variables.policy.PolicyName === policy.PolicyName}
                        onClick={() => turn.mutate({ policy, on: !on })}
                      >
                        {label}
                      </MayButton>
                    );
                  },
                },
              ];
              const rank = (one: Policy) => (names.has(one.PolicyName) ? 0 : 1);
              return (
                <Table
                  caption={t("users.policies")}
                  columns={columns}
                  rows={[...policies].sort((a, b) => rank(a) - rank(b))}
                  keyOf={(one) => one.PolicyName ?? ""}
                />
              );
            }}
          </Asked>
        )}
      </Asked>
    </section>
  );
}
