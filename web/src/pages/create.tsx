import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useRef, useState } from "react";
import { change } from "../api/client";
import {
  type Image,
  type Amounts,
  type Fit,
  fitQuery,
  imagesQuery,
  type Instance,
  instanceQuery,
  type NewInstance,
  type Spec,
  specsQuery,
  type TypeFit,
  type Workspace,
  workspacesQuery,
} from "../api/instances";
import { sessionQuery } from "../app/frame";
import { useFormat, useText } from "../text";
import { useSay } from "../ui/message";
import { Loading, Problem } from "../ui/states";
import { Title } from "../ui/title";
import { MayButton } from "../ui/may-button";

/** Every further copy has a number of its own, within the 27 characters that a name may have. */
export function copyOf(name: string): string {
  const [, stem = name, number] = /^(.*?)(?:_(\d{1,4}))?$/.exec(name) ?? [];
  const end = `_${Number(number ?? 1) + 1}`;
  return stem.slice(0, 27 - end.length) + end;
}

export function Create() {
  const t = useText();
  const { from = "" } = useSearch({ strict: false }) as { from?: string };
  const specs = useQuery(specsQuery);
  const images = useQuery(imagesQuery);
  const workspaces = useQuery(workspacesQuery);
  const original = useQuery({ ...instanceQuery(from), enabled: from !== "", refetchInterval: false });
  const asked = [specs, images, workspaces, ...(from ? [original] : [])];
  const failed = asked.find((one) => one.error && !one.data);
  return (
    <>
      <Title>
        {original.data ? t("create.copyOf", { name: original.data.InstanceName ?? from }) : t("create.title")}
      </Title>
      {failed?.error && <Problem error={failed.error} retry={() => void failed.refetch()} />}
      {!failed && asked.some((one) => !one.data) && <Loading />}
      {specs.data && images.data && workspaces.data && (!from || original.data) && (
        <Form specs={specs.data} images={images.data} workspaces={workspaces.data} original={original.data} />
      )}
    </>
  );
}

interface Props {
  specs: Spec[];
  images: Image[];
  workspaces: Workspace[];
  original: Instance | undefined;
}

/** Creates it, and goes to its page. What is asked for a second time, by a double click or because the answer was
 * lost, has the same ClientToken: it makes one instance. */
function useCreate() {
  const t = useText();
  const navigate = useNavigate();
  const queries = useQueryClient();
  const say = useSay();
  const asked = useRef({ text: "", token: "" });
  return useMutation({
    mutationFn: (wanted: NewInstance) => {
      const text = JSON.stringify(wanted);
      if (asked.current.text !== text) asked.current = { text, token: crypto.randomUUID() };
      return change("CreateInstance", {}, { ...wanted, ClientToken: asked.current.token });
    },
    onSuccess: ({ InstanceId: id = "" }, { InstanceName: name }) => {
      say.success(t("action.created", { name: name ?? "" }));
      void queries.invalidateQueries({ queryKey: ["ListInstances"] });
      void navigate({ to: "/instances/$id/$tab", params: { id, tab: "overview" } });
    },
  });
}

function Form({ specs, images, workspaces, original }: Props) {
  const t = useText();
  const create = useCreate();
  const home = workspaces.find((one) => one.IsDefault) ?? workspaces[0];
  const room = specs.find((one) => one.IsAvailable) ?? specs[0];
  const [name, setName] = useState(original ? copyOf(original.InstanceName ?? "") : "");
  const [workspace, setWorkspace] = useState(original?.WorkspaceId ?? home?.WorkspaceId ?? "");
  const [spec, setSpec] = useState(original?.EcsSpec ?? room?.InstanceType ?? "");
  const [image, setImage] = useState(original?.ImageId ?? images[0]?.ImageId ?? "");
  const [shared, setShared] = useState(original?.Accessibility === "PUBLIC");
  const fit = useQuery({ ...fitQuery(workspace), enabled: workspace !== "" });
  const variables = original?.EnvironmentVariables ?? {};
  const copied = Object.keys(variables).length;
  if (workspaces.length === 0) return <p>{t("create.noWorkspace")}</p>;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (create.isPending) return;
    create.mutate({
      InstanceName: name,
      WorkspaceId: workspace,
      EcsSpec: spec,
      ImageId: image,
      Accessibility: shared ? "PUBLIC" : "PRIVATE",
      ...(copied > 0 ? { EnvironmentVariables: variables as never } : {}),
    });
  };
  return (
    <form className="form" onSubmit={submit}>
      <div className="field">
        <label htmlFor="name">{t("create.name")}</label>
        <input
          id="name"
          className="input"
          autoFocus
          required
          maxLength={27}
          pattern="[A-Za-z0-9_]+"
          autoComplete="off"
          spellCheck={false}
          value={name}
          aria-describedby="name-help"
          onChange={(event) => setName(event.target.value)}
        />
        <small id="name-help" className="quiet">
          {t("create.nameHelp")}
        </small>
      </div>
      <label className="field">
        {t("list.column.workspace")}
        <select className="input" value={workspace} onChange={(event) => setWorkspace(event.target.value)}>
          {workspaces.map((one) => (
            <option key={one.WorkspaceId} value={one.WorkspaceId}>
              {one.DisplayName && one.DisplayName !== one.WorkspaceName
                ? `${one.DisplayName} (${one.WorkspaceName})`
                : one.WorkspaceName}
            </option>
          ))}
        </select>
      </label>
      <fieldset>
        <legend>{t("list.column.machine")}</legend>
        <div className="choices">
          {specs.map((one) => (
            <Choice key={one.InstanceType} group="spec" chosen={spec} value={one.InstanceType ?? ""} choose={setSpec}>
              <SpecText spec={one} fit={fit.data?.Fits?.find((its) => its.InstanceType === one.InstanceType)} />
            </Choice>
          ))}
        </div>
        <RoomText fit={fit.data} spec={spec} />
      </fieldset>
      <fieldset>
        <legend>{t("list.column.image")}</legend>
        <div className="choices">
          {images.map((one) => (
            <Choice key={one.ImageId} group="image" chosen={image} value={one.ImageId ?? ""} choose={setImage}>
              <strong>{one.Name}</strong>
              <span className="quiet">{one.ImageUri}</span>
            </Choice>
          ))}
        </div>
      </fieldset>
      <label className="check">
        <input type="checkbox" checked={shared} onChange={(event) => setShared(event.target.checked)} />
        <span>
          {t("create.shared")} <small className="quiet">{t("create.sharedHelp")}</small>
        </span>
      </label>
      {copied > 0 && <p className="quiet">{t("create.variables", { count: copied })}</p>}
      {create.error && <Problem error={create.error} />}
      <footer>
        <MayButton
          may={["paidsw:CreateInstance", workspace]}
          htmlType="submit"
          type="primary"
          size="large"
          loading={create.isPending}
        >
          {t("action.create")}
        </MayButton>
      </footer>
    </form>
  );
}

interface ChoiceProps {
  group: string;
  value: string;
  chosen: string;
  choose: (value: string) => void;
  children: React.ReactNode;
}

function Choice({ group, value, chosen, choose, children }: ChoiceProps) {
  return (
    <label className="choice">
      <input type="radio" name={group} value={value} checked={chosen === value} onChange={() => choose(value)} />
      {children}
    </label>
  );
}

/** "2 vCPU, 4 GB": those that there are. */
function useAmounts() {
  const t = useText();
  const format = useFormat();
  return (amounts: Amounts) => {
    const parts = (["CPU", "Memory", "GPU", "Processes", "Instances"] as const).flatMap((name) => {
      const amount = amounts[name];
      if (amount === undefined) return [];
      return t(`create.amount.${name}`, { count: amount, text: format.number(amount, { maximumFractionDigits: 1 }) });
    });
    return format.list(parts, { type: "unit" });
  };
}

/** How much one more may have, and what the server says of the chosen type if it does not fit. */
function RoomText({ fit, spec }: { fit: Fit | undefined; spec: string }) {
  const t = useText();
  const amounts = useAmounts();
  const { data: signedIn } = useQuery(sessionQuery);
  const room = fit?.Room && Object.keys(fit.Room).length > 0 ? fit.Room : undefined;
  const chosen = fit?.Fits?.find((one) => one.InstanceType === spec);
  const name = signedIn?.session?.UserName ?? "";
  return (
    <div role="status">
      {room && <p className="quiet">{t("create.room", { amounts: amounts(room) })}</p>}
      {chosen && !chosen.Fits && (
        <p className="note">
          {chosen.Message}{" "}
          {chosen.Lacks && name && (
            <Link to="/instances" search={{ q: `owner:${name} status:Running` }}>
              {t("create.mine")}
            </Link>
          )}
        </p>
      )}
    </div>
  );
}

const obstacles = ["HostTooSmall", "HostFull", "UserLimit", "WorkspaceLimit", "InstanceLimit"] as const;

/** Why a type cannot be had now. The list of types knows of the host alone, and that only as it was when it came. */
function Obstacle({ spec, fit }: { spec: Spec; fit: TypeFit | undefined }) {
  const t = useText();
  const amounts = useAmounts();
  if (fit ? fit.Fits : spec.IsAvailable) return null;
  const reason = obstacles.find((one) => one === fit?.Reason) ?? "HostFull";
  const lacks = fit?.Lacks && Object.keys(fit.Lacks).length > 0 ? amounts(fit.Lacks) : "";
  return (
    <span className="note">
      {t(`create.obstacle.${reason}`)}
      {lacks && <> {t("create.lacks", { amounts: lacks })}</>}
    </span>
  );
}

function SpecText({ spec, fit }: { spec: Spec; fit: TypeFit | undefined }) {
  const t = useText();
  const format = useFormat();
  const gigabytes = (count: number | undefined) => format.number(count ?? 0, { maximumFractionDigits: 1 });
  return (
    <>
      <strong>{t("create.size", { cpu: spec.CPU ?? 0, memory: gigabytes(spec.Memory) })}</strong>
      {!!spec.GPU && (
        <span>
          {t("create.gpu", { count: spec.GPU, type: spec.GPUType ?? "", memory: gigabytes(spec.GPUMemorySize) })}
        </span>
      )}
      <span className="quiet">{spec.InstanceType}</span>
      <Obstacle spec={spec} fit={fit} />
    </>
  );
}
