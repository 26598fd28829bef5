import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { useChange } from "../../api/account";
import { change } from "../../api/client";
import { imagesQuery, type Instance, specsQuery } from "../../api/instances";
import { useFormat, useText } from "../../text";
import { Asked } from "../../ui/ask";
import { MayButton } from "../../ui/may-button";

const again = ["GetInstance", "ListInstances", "GetLifecycle"];
const textOf = (form: HTMLFormElement, name: string) => String(new FormData(form).get(name) ?? "").trim();

/** What can be changed of an instance: each part is saved by itself. */
export function Settings({ instance }: { instance: Instance }) {
  const t = useText();
  return (
    <section aria-labelledby="settings">
      <h2 id="settings">{t("instance.settings")}</h2>
      <Shape instance={instance} />
      <Timer instance={instance} />
      <Idle instance={instance} />
      <Labels instance={instance} />
    </section>
  );
}

function Part({ title, help, children }: { title: string; help?: string; children: ReactNode }) {
  return (
    <div className="part">
      <h3>{title}</h3>
      {help && <p className="quiet">{help}</p>}
      {children}
    </div>
  );
}

/** Name, machine, image and who sees it; only what differs is sent. */
function Shape({ instance }: { instance: Instance }) {
  const t = useText();
  const { InstanceId: id = "", InstanceName: name = "", EcsSpec: spec = "", ImageId: image = "" } = instance;
  const specs = useQuery(specsQuery);
  const images = useQuery(imagesQuery);
  const shared = instance.Accessibility === "PUBLIC";
  const [next, setNext] = useState({ name, spec, image, shared });
  const save = useChange(
    () =>
      change(
        "UpdateInstance",
        { InstanceId: id },
        {
          ...(next.name === name ? {} : { InstanceName: next.name }),
          ...(next.spec === spec ? {} : { EcsSpec: next.spec }),
          ...(next.image === image ? {} : { ImageId: next.image }),
          ...(next.shared === shared ? {} : { Accessibility: next.shared ? "PUBLIC" : "PRIVATE" }),
        },
      ),
    { again, what: () => name, said: () => t("settings.saved", { name: next.name }) },
  );
  const same = next.name === name && next.spec === spec && next.image === image && next.shared === shared;
  const restarts = instance.Status === "Running" && (next.spec !== spec || next.image !== image);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!same && !save.isPending) save.mutate(undefined);
  };
  return (
    <Part title={t("settings.shape")}>
      <form className="form" onSubmit={submit}>
        <label className="field">
          {t("create.name")}
          <input
            className="input"
            required
            maxLength={27}
            pattern="[A-Za-z0-9_]+"
            autoComplete="off"
            spellCheck={false}
            value={next.name}
            onChange={(event) => setNext({ ...next, name: event.target.value })}
          />
        </label>
        <Asked query={specs}>
          {(rows) => (
            <Select
              label={t("list.column.machine")}
              value={next.spec}
              options={rows.map((one) => [one.InstanceType ?? "", one.InstanceType ?? ""])}
              choose={(value) => setNext({ ...next, spec: value })}
            />
          )}
        </Asked>
        <Asked query={images}>
          {(rows) => (
            <Select
              label={t("list.column.image")}
              value={next.image}
              options={rows.map((one) => [one.ImageId ?? "", one.Name ?? ""])}
              choose={(value) => setNext({ ...next, image: value })}
            />
          )}
        </Asked>
        <label className="check">
          <input
            type="checkbox"
            checked={next.shared}
            onChange={(event) => setNext({ ...next, shared: event.target.checked })}
          />
          <span>
            {t("create.shared")} <small className="quiet">{t("create.sharedHelp")}</small>
          </span>
        </label>
        {restarts && (
          <p className="note" role="status">
            {t("settings.restarts")}
          </p>
        )}
        <footer>
          <MayButton
            may={["paidsw:UpdateInstance", id]}
            htmlType="submit"
            type="primary"
            disabled={same}
            loading={save.isPending}
          >
            {t(restarts ? "settings.saveRestart" : "settings.save")}
          </MayButton>
        </footer>
      </form>
    </Part>
  );
}

interface SelectProps {
  label: string;
  value: string;
  options: [value: string, text: string][];
  choose: (value: string) => void;
}

/** What is chosen stays among the options, although nothing may be made of it any more. */
function Select({ label, value, options, choose }: SelectProps) {
  const known = options.some(([one]) => one === value);
  return (
    <label className="field">
      {label}
      <select className="input" value={value} onChange={(event) => choose(event.target.value)}>
        {!known && <option value={value}>{value || "–"}</option>}
        {options.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

const hour = 3_600_000; // milliseconds

/** When it stops, whatever it does. */
function Timer({ instance }: { instance: Instance }) {
  const t = useText();
  const format = useFormat();
  const { InstanceId: id = "", InstanceName: name = "", InstanceShutdownTimer: timer } = instance;
  const set = useChange(
    (hours: number) =>
      hours > 0
        ? change("CreateInstanceShutdownTimer", { InstanceId: id }, { RemainingTimeInMs: Math.round(hours * hour) })
        : change("DeleteInstanceShutdownTimer", { InstanceId: id }),
    { again, what: () => name, said: () => t("settings.saved", { name }) },
  );
  const due = timer?.DueTime
    ? format.dateTime(Date.parse(timer.DueTime), { dateStyle: "medium", timeStyle: "short" })
    : "";
  return (
    <Part title={t("settings.timer")} help={due ? t("instance.timer", { time: due }) : t("settings.noTimer")}>
      <form
        className="tools"
        onSubmit={(event) => {
          event.preventDefault();
          set.mutate(Number(textOf(event.currentTarget, "hours")));
        }}
      >
        <label className="field">
          {t("settings.hours")}
          <input
            className="input short"
            name="hours"
            type="number"
            min="0.1"
            max="720"
            step="any"
            required
            defaultValue={8}
          />
        </label>
        <MayButton may={["paidsw:CreateInstanceShutdownTimer", id]} htmlType="submit" loading={set.isPending}>
          {t("settings.set")}
        </MayButton>
        {timer && (
          <MayButton may={["paidsw:DeleteInstanceShutdownTimer", id]} onClick={() => set.mutate(0)}>
            {t("settings.remove")}
          </MayButton>
        )}
      </form>
    </Part>
  );
}

/** When it stops because nobody uses it. */
function Idle({ instance }: { instance: Instance }) {
  const t = useText();
  const { InstanceId: id = "", InstanceName: name = "", IdleInstanceCuller: culler } = instance;
  const set = useChange(
    (rule: { minutes: number; cpu: number } | undefined) =>
      rule
        ? change(
            "CreateIdleInstanceCuller",
            { InstanceId: id },
            { MaxIdleTimeInMinutes: rule.minutes, CpuPercentThreshold: rule.cpu },
          )
        : change("DeleteIdleInstanceCuller", { InstanceId: id }),
    { again, what: () => name, said: () => t("settings.saved", { name }) },
  );
  return (
    <Part title={t("settings.idle")} help={culler ? t("settings.idleWhat") : t("settings.noIdle")}>
      <form
        key={`${culler?.MaxIdleTimeInMinutes} ${culler?.CpuPercentThreshold}`}
        className="tools"
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          set.mutate({ minutes: Number(textOf(form, "minutes")), cpu: Number(textOf(form, "cpu")) });
        }}
      >
        <label className="field">
          {t("settings.minutes")}
          <input
            className="input short"
            name="minutes"
            type="number"
            min={1}
            step={1}
            required
            defaultValue={culler?.MaxIdleTimeInMinutes ?? 60}
          />
        </label>
        <label className="field">
          {t("settings.cpu")}
          <input
            className="input short"
            name="cpu"
            type="number"
            min={1}
            max={100}
            step={1}
            required
            defaultValue={culler?.CpuPercentThreshold ?? 10}
          />
        </label>
        <MayButton may={["paidsw:CreateIdleInstanceCuller", id]} htmlType="submit" loading={set.isPending}>
          {t("settings.set")}
        </MayButton>
        {culler && (
          <MayButton may={["paidsw:DeleteIdleInstanceCuller", id]} onClick={() => set.mutate(undefined)}>
            {t("settings.remove")}
          </MayButton>
        )}
      </form>
    </Part>
  );
}

function Labels({ instance }: { instance: Instance }) {
  const t = useText();
  const { InstanceId: id = "", InstanceName: name = "", Labels: labels = [] } = instance;
  const set = useChange(
    ({ key, value }: { key: string; value: string }) =>
      change("UpdateInstanceLabels", { InstanceId: id }, { Labels: [{ Key: key, Value: value }] }),
    { again, what: ({ key }) => key, said: () => t("settings.saved", { name }) },
  );
  const remove = useChange((key: string) => change("DeleteInstanceLabels", { InstanceId: id, LabelKeys: key }), {
    again,
    what: (key) => key,
    said: () => t("settings.saved", { name }),
  });
  return (
    <Part title={t("settings.labels")} help={labels.length === 0 ? t("settings.noLabels") : t("settings.labelsUse")}>
      <ul className="labels">
        {labels.map(({ Key: key = "", Value: value = "" }) => (
          <li key={key}>
            <code>
              {key}={value}
            </code>{" "}
            <MayButton
              may={["paidsw:DeleteInstanceLabels", id]}
              size="small"
              aria-label={t("settings.removeLabel", { key })}
              onClick={() => remove.mutate(key)}
            >
              {t("settings.remove")}
            </MayButton>
          </li>
        ))}
      </ul>
      <form
        className="tools"
        onSubmit={(event) => {
          event.preventDefault();
          const form = event.currentTarget;
          set.mutate({ key: textOf(form, "key"), value: textOf(form, "value") }, { onSuccess: () => form.reset() });
        }}
      >
        <label className="field">
          {t("settings.key")}
          <input className="input" name="key" required maxLength={128} autoComplete="off" spellCheck={false} />
        </label>
        <label className="field">
          {t("settings.value")}
          <input className="input" name="value" maxLength={128} autoComplete="off" spellCheck={false} />
        </label>
        <MayButton may={["paidsw:UpdateInstanceLabels", id]} htmlType="submit" loading={set.isPending}>
          {t("settings.add")}
        </MayButton>
      </form>
    </Part>
  );
}
