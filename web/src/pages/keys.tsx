import { useQuery } from "@tanstack/react-query";
import { Button } from "antd";
import { useState } from "react";
import { type Key, keysQuery, keyUseQuery, sessionsQuery, useChange } from "../api/account";
import { change } from "../api/client";
import { useText } from "../text";
import { Asked, Confirmed } from "../ui/ask";
import { Copy, download } from "../ui/copy";
import { Dialog } from "../ui/dialog";
import { Badge } from "../ui/status";
import { Table } from "../ui/table";
import { Time } from "../ui/time";
import { Title } from "../ui/title";
import { Sessions } from "./admin/sessions";
import { MayButton, SignInNotice } from "../ui/may-button";

/** With what programs, and browsers, are somebody. */
export function Keys() {
  const t = useText();
  const keys = useQuery(keysQuery);
  const [made, setMade] = useState<{ id: string; secret: string }>();
  const create = useChange(() => change("CreateAccessKey", {}), {
    again: ["ListAccessKeys"],
    what: () => t("keys.create"),
  });
  const show = () =>
    create.mutate(undefined, {
      onSuccess: ({ AccessKey: key }) => setMade({ id: key?.AccessKeyId ?? "", secret: key?.AccessKeySecret ?? "" }),
    });
  return (
    <>
      <Title
        extra={
          <MayButton may={["ram:CreateAccessKey", ""]} type="primary" loading={create.isPending} onClick={show}>
            {t("keys.create")}
          </MayButton>
        }
      >
        {t("app.keys")}
      </Title>
      <p className="quiet">{t("keys.what")}</p>
      <SignInNotice may={["ram:CreateAccessKey", ""]} />
      <Asked query={keys}>{(rows) => (rows.length === 0 ? <p>{t("keys.none")}</p> : <KeyTable rows={rows} />)}</Asked>
      <section aria-labelledby="using">
        <h2 id="using">{t("keys.using")}</h2>
        <Snippets id="ID" secret="SECRET" />
      </section>
      <section aria-labelledby="browsers">
        <h2 id="browsers">{t("sessions.title")}</h2>
        <Asked query={useQuery(sessionsQuery(""))}>{({ Sessions: rows = [] }) => <Sessions rows={rows} />}</Asked>
      </section>
      {made && (
        <Dialog title={t("keys.made")} close={() => setMade(undefined)}>
          <p className="note">{t("keys.once")}</p>
          <dl className="facts">
            <div>
              <dt>{t("keys.id")}</dt>
              <dd>
                <code>{made.id}</code>
              </dd>
            </div>
            <div>
              <dt>{t("keys.secret")}</dt>
              <dd>
                <code>{made.secret}</code>
              </dd>
            </div>
          </dl>
          <span className="actions">
            <Copy text={made.secret}>{t("keys.copySecret")}</Copy>
            <Button size="small" onClick={() => download("credentials.json", credentials(made.id, made.secret))}>
              {t("keys.download")}
            </Button>
          </span>
          <Snippets id={made.id} secret={made.secret} />
          <footer>
            <Button type="primary" onClick={() => setMade(undefined)}>
              {t("action.close")}
            </Button>
          </footer>
        </Dialog>
      )}
    </>
  );
}

function KeyTable({ rows }: { rows: Key[] }) {
  const t = useText();
  const again = ["ListAccessKeys"];
  const turn = useChange(
    ({ id, on }: { id: string; on: boolean }) =>
      change("UpdateAccessKey", { UserAccessKeyId: id, Status: on ? "Active" : "Inactive" }),
    { again, what: ({ id }) => id },
  );
  const remove = useChange((id: string) => change("DeleteAccessKey", { UserAccessKeyId: id }), {
    again,
    what: (id) => id,
    said: (id) => t("keys.deleted", { id }),
  });
  const columns = [
    { head: t("keys.id"), cell: ({ AccessKeyId: id = "" }: Key) => <code>{id}</code> },
    {
      head: t("list.column.status"),
      cell: ({ Status: status }: Key) => (
        <Badge kind={status === "Active" ? "good" : "off"} word={t(status === "Active" ? "keys.on" : "keys.off")} />
      ),
    },
    { head: t("list.column.created"), cell: (key: Key) => <Time at={key.CreateDate} /> },
    { head: t("keys.used"), cell: ({ AccessKeyId: id = "" }: Key) => <LastUse id={id} /> },
    {
      head: t("list.column.actions"),
      cell: ({ AccessKeyId: id = "", Status: status }: Key) => {
        const on = status === "Active";
        return (
          <span className="actions">
            <MayButton
              may={["ram:UpdateAccessKey", ""]}
              size="small"
              loading={turn.isPending}
              aria-label={t(on ? "keys.disableNamed" : "keys.enableNamed", { id })}
              onClick={() => turn.mutate({ id, on: !on })}
            >
              {t(on ? "keys.disable" : "keys.enable")}
            </MayButton>
            <Confirmed
              label={t("action.delete")}
              name={t("action.deleteNamed", { name: id })}
              title={t("delete.title", { name: id })}
              may={["ram:DeleteAccessKey", ""]}
              run={() => remove.mutateAsync(id)}
            >
              <p>{t("keys.deleteWhat")}</p>
            </Confirmed>
          </span>
        );
      },
    },
  ];
  return <Table caption={t("app.keys")} columns={columns} rows={rows} keyOf={(key) => key.AccessKeyId ?? ""} />;
}

function LastUse({ id }: { id: string }) {
  const t = useText();
  const { data } = useQuery(keyUseQuery(id));
  if (!data) return "–";
  const { LastUsedDate: at, ServiceName: service = "", SourceIp: address = "" } = data;
  if (!at) return t("keys.never");
  return (
    <>
      <Time at={at} relative /> <span className="quiet">{t("keys.usedFor", { service, address })}</span>
    </>
  );
}

const credentials = (id: string, secret: string) =>
  `${JSON.stringify({ endpoint: location.origin, access_key_id: id, access_key_secret: secret }, null, 2)}\n`;

const snippets = {
  CLI: (id: string, secret: string) =>
    `export ATELIER_ENDPOINT=${location.origin}\nexport ALIBABA_CLOUD_ACCESS_KEY_ID=${id}\nexport ALIBABA_CLOUD_ACCESS_KEY_SECRET=${secret}\natelier instance list`,
  Python: (id: string, secret: string) => `from alibabacloud_pai_dsw20220101 import client, models
from alibabacloud_tea_openapi.models import Config

dsw = client.Client(Config(access_key_id="${id}", access_key_secret="${secret}",
                           endpoint="${location.host}", protocol="${location.protocol.slice(0, -1)}"))
print(dsw.list_instances(models.ListInstancesRequest(workspace_id="ALL")).body)`,
  Node: (
    id: string,
    secret: string,
  ) => `const { default: Dsw, ListInstancesRequest } = require("@alicloud/pai-dsw20220101");

const dsw = new Dsw({ accessKeyId: "${id}", accessKeySecret: "${secret}",
                      endpoint: "${location.host}", protocol: "${location.protocol.slice(0, -1)}" });
dsw.listInstances(new ListInstancesRequest({ workspaceId: "ALL" })).then(({ body }) => console.log(body));`,
};

/** How a program uses a key, with this server's address filled in. */
function Snippets({ id, secret }: { id: string; secret: string }) {
  const t = useText();
  const [shown, setShown] = useState<keyof typeof snippets>("CLI");
  const text = snippets[shown](id, secret);
  return (
    <>
      <div className="chips" role="group" aria-label={t("keys.language")}>
        {(Object.keys(snippets) as (keyof typeof snippets)[]).map((one) => (
          <Button
            key={one}
            size="small"
            shape="round"
            type={shown === one ? "primary" : "default"}
            aria-pressed={shown === one}
            onClick={() => setShown(one)}
          >
            {one}
          </Button>
        ))}
        <Copy key={text} text={text}>
          {t("action.copy")}
        </Copy>
      </div>
      <pre tabIndex={0} role="group" aria-label={t("keys.using")}>
        {text}
      </pre>
    </>
  );
}
