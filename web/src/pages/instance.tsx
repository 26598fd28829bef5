import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { type Instance as Data, instanceQuery, useAction } from "../api/instances";
import { useFormat, useText } from "../text";
import { Actions } from "../ui/actions";
import { Asked } from "../ui/ask";
import { CreateLink } from "../ui/create-link";
import { Delete } from "../ui/delete";
import { StatusTag } from "../ui/status";
import { Time } from "../ui/time";
import { Title } from "../ui/title";
import { Access } from "./detail/access";
import { Events } from "./detail/events";
import { Logs } from "./detail/logs";
import { Raw } from "./detail/raw";
import { Settings } from "./detail/settings";
import { Timeline } from "./detail/timeline";
import { Use } from "./detail/use";
import { NotFound } from "./not-found";
import { MayButton } from "../ui/may-button";

const tabs = ["overview", "use", "logs", "events", "settings", "access", "raw"] as const;

export function Instance() {
  const { id = "", tab = "" } = useParams({ strict: false });
  const query = useQuery(instanceQuery(id));
  if (!tabs.some((one) => one === tab)) return <NotFound />;
  return (
    <Asked query={query}>
      {(data) => (
        <>
          <Head instance={data} />
          <Tabs id={id} />
          {tab === "overview" && <Timeline id={id} />}
          {tab === "use" && <Use id={id} />}
          {tab === "logs" && <Logs id={id} />}
          {tab === "events" && <Events id={id} />}
          {tab === "settings" && <Settings key={id} instance={data} />}
          {tab === "access" && <Access instance={data} />}
          {tab === "raw" && <Raw instance={data} />}
        </>
      )}
    </Asked>
  );
}

function Tabs({ id }: { id: string }) {
  const t = useText();
  return (
    <nav className="tabs" aria-label={t("instance.parts")}>
      {tabs.map((tab) => (
        <Link
          key={tab}
          to="/instances/$id/$tab"
          params={{ id, tab }}
          activeProps={{ "aria-current": "page" }}
          activeOptions={{ includeSearch: false }}
        >
          {t(`instance.${tab}`)}
        </Link>
      ))}
    </nav>
  );
}

function Head({ instance }: { instance: Data }) {
  const t = useText();
  const format = useFormat();
  const act = useAction();
  const navigate = useNavigate();
  const {
    InstanceId: id = "",
    InstanceName: name = "",
    InstanceShutdownTimer: timer,
    IdleInstanceCuller: culler,
  } = instance;
  const facts = [
    ["owner", instance.UserName || instance.UserId],
    ["workspace", instance.WorkspaceName || instance.WorkspaceId],
    ["machine", instance.EcsSpec || instance.ResourceName],
    ["image", instance.ImageName],
  ] as const;
  return (
    <header className="head">
      <Title
        extra={
          <span className="actions">
            <Actions instance={instance} size="middle" />
            <CreateLink from={id} />
            <Delete id={id} name={name} gone={() => void navigate({ to: "/instances" })} />
          </span>
        }
      >
        {name}
      </Title>
      <p>
        <StatusTag status={instance.Status} /> <Time at={instance.GmtModifiedTime} relative />
        {instance.ReasonMessage && <span className="reason"> {instance.ReasonMessage}</span>}
      </p>
      <dl className="facts">
        <div>
          <dt>{t("instance.id")}</dt>
          <dd>
            <code>{id}</code>
          </dd>
        </div>
        {facts.map(([fact, value]) => (
          <div key={fact}>
            <dt>{t(`list.column.${fact}`)}</dt>
            <dd>{value || "–"}</dd>
          </div>
        ))}
        <div>
          <dt>{t("list.column.created")}</dt>
          <dd>
            <Time at={instance.GmtCreateTime} />
          </dd>
        </div>
      </dl>
      {timer?.DueTime && (
        <p>
          {t("instance.timer", {
            time: format.dateTime(Date.parse(timer.DueTime), { dateStyle: "medium", timeStyle: "short" }),
          })}
        </p>
      )}
      {culler && (
        <p>
          {t("instance.idle", { max: culler.MaxIdleTimeInMinutes ?? 0, idle: culler.IdleTimeInMinutes ?? 0 })}{" "}
          {instance.Status === "Running" && (
            <MayButton
              may={["atelier:ExtendInstance", id]}
              size="small"
              onClick={() => act.mutate({ action: "extend", id, name })}
            >
              {t("action.extend")}
            </MayButton>
          )}
        </p>
      )}
    </header>
  );
}
