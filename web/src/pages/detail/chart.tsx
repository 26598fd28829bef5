import "uplot/dist/uPlot.min.css";
import { useEffect, useId, useRef } from "react";
import UPlot from "uplot";
import { useTheme } from "../../app/theme";
import { useFormat, useText } from "../../text";

const height = 160;

/** Values in the order of the chart's times; null where nothing was measured. */
export interface Line {
  name: string;
  values: (number | null)[];
  color?: string; // of the theme: "error"; the first colour if none is named
  dash?: number[]; // so that lines differ without colours, too
}
/** Something that happened, in seconds. */
export interface Mark {
  time: number;
  text: string;
}

/** A height that values are held against. */
export interface Threshold {
  name: string;
  value: number;
}

interface Props {
  name: string;
  unit: string;
  most?: number; // of the axis, where it has an end
  times: number[]; // seconds
  lines: Line[];
  marks?: Mark[];
  thresholds?: Threshold[];
  span: [from: number, to: number]; // seconds; all of it is shown, with samples or without
  zoom: (span: [number, number]) => void;
}

const noMarks: Mark[] = [];
const noThresholds: Threshold[] = [];
const thresholdDash = [8, 4];

/** Where the axis of a chart ends: a threshold is shown as long as it leaves a third of the height to the values. */
export const topOf = (highest: number, thresholds: Threshold[]) => {
  const least = Math.max(1, highest);
  return Math.max(least, ...thresholds.map(({ value }) => value).filter((value) => value <= 3 * least));
};
const highestOf = (lines: Line[]) =>
  lines.reduce((most, { values }) => values.reduce<number>((all, one) => Math.max(all, one ?? 0), most), 0);

/** Values that stand alone: between two gaps there is no line, but a point. */
export const alone = (values: (number | null | undefined)[]) =>
  values.flatMap((value, at) => (value != null && values[at - 1] == null && values[at + 1] == null ? [at] : []));

export function Chart({
  name,
  unit,
  most,
  times,
  lines,
  marks = noMarks,
  thresholds = noThresholds,
  span,
  zoom,
}: Props) {
  const t = useText();
  const format = useFormat();
  const { dark } = useTheme();
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const onZoom = useRef(zoom);
  onZoom.current = zoom;
  const [from, to] = span;

  useEffect(() => {
    const box = place.current!;
    const style = getComputedStyle(box);
    const color = (token: string) => style.getPropertyValue(`--ant-color-${token}`).trim() || "#888";
    const axis = {
      stroke: color("text-secondary"),
      grid: { stroke: color("split"), width: 1 },
      ticks: { stroke: color("split") },
    };
    const value = (one: number) =>
      format.number(one, { notation: most ? "standard" : "compact", maximumFractionDigits: 1 });
    const plot = new UPlot(
      {
        width: box.clientWidth,
        height,
        legend: { show: false },
        cursor: { drag: { x: true, y: false, setScale: false } },
        scales: {
          x: { time: true, range: () => [from, to] },
          y: { range: () => [0, most ?? topOf(highestOf(lines), thresholds)] },
        },
        axes: [
          {
            ...axis,
            values: (_, at) => at.map((one) => format.dateTime(one * 1000, { hour: "2-digit", minute: "2-digit" })),
          },
          { ...axis, size: 60, values: (_, at) => at.map(value) },
        ],
        series: [
          {},
          ...lines.map(({ values, color: token = "primary", dash }) => ({
            stroke: color(token),
            width: 1.5,
            spanGaps: false,
            ...(dash ? { dash } : {}),
            points: { show: false, filter: () => alone(values) },
          })),
        ],
        hooks: {
          draw: [
            (self) => {
              const { ctx, bbox } = self;
              ctx.save();
              ctx.strokeStyle = color("text-secondary");
              ctx.setLineDash([2, 4]);
              for (const { time } of marks) {
                if (time < from || time > to) continue;
                const x = self.valToPos(time, "x", true);
                ctx.beginPath();
                ctx.moveTo(x, bbox.top);
                ctx.lineTo(x, bbox.top + bbox.height);
                ctx.stroke();
              }
              ctx.strokeStyle = color("text");
              ctx.setLineDash(thresholdDash);
              for (const { value } of thresholds) {
                const y = self.valToPos(value, "y", true);
                if (y < bbox.top) continue;
                ctx.beginPath();
                ctx.moveTo(bbox.left, y);
                ctx.lineTo(bbox.left + bbox.width, y);
                ctx.stroke();
              }
              ctx.restore();
            },
          ],
          setSelect: [
            (self) => {
              if (self.select.width < 5) return;
              const at = (left: number) => Math.round(self.posToVal(left, "x"));
              onZoom.current([at(self.select.left), at(self.select.left + self.select.width)]);
            },
          ],
        },
      },
      [times, ...lines.map(({ values }) => values)],
      box,
    );
    const watch = new ResizeObserver(() => plot.setSize({ width: box.clientWidth, height }));
    watch.observe(box);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [times, lines, marks, thresholds, from, to, most, dark, format]);

  return (
    <figure className="chart" aria-labelledby={id}>
      <figcaption id={id}>
        {name} <span className="quiet">{unit}</span>
      </figcaption>
      <div ref={place} role="img" aria-label={t("instance.chartOf", { metric: name })} />
      {(lines.length > 1 || thresholds.length > 0) && <Legend lines={lines} thresholds={thresholds} />}
      <details>
        <summary>{t("instance.asTable")}</summary>
        <SampleTable name={name} times={times} lines={lines} />
      </details>
    </figure>
  );
}

function Legend({ lines, thresholds }: { lines: Line[]; thresholds: Threshold[] }) {
  const t = useText();
  const top = topOf(highestOf(lines), thresholds);
  return (
    <ul className="legend">
      {lines.map(({ name, color = "primary", dash }) => (
        <li key={name}>
          <Sample color={color} dash={dash} />
          {name}
        </li>
      ))}
      {thresholds.map(({ name, value }) => (
        <li key={name}>
          {value <= top ? <Sample color="text" dash={thresholdDash} /> : null}
          {value <= top ? name : t("instance.aboveChart", { name })}
        </li>
      ))}
    </ul>
  );
}

/** A piece of a line, as it is drawn. */
const Sample = ({ color, dash }: { color: string; dash: number[] | undefined }) => (
  <svg width="22" height="8" aria-hidden="true">
    <line
      x1="0"
      x2="22"
      y1="4"
      y2="4"
      stroke={`var(--ant-color-${color})`}
      strokeWidth="2"
      {...(dash ? { strokeDasharray: dash.join(" ") } : {})}
    />
  </svg>
);

function SampleTable({ name, times, lines }: { name: string; times: number[]; lines: Line[] }) {
  const t = useText();
  const format = useFormat();
  const shown = (value: number | null | undefined) =>
    value == null ? "–" : format.number(value, { maximumFractionDigits: 2 });
  return (
    <div className="samples" tabIndex={0} role="group" aria-label={name}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("instance.time")}</th>
            {lines.map((line) => (
              <th key={line.name} scope="col">
                {line.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {times.map((time, index) => (
            <tr key={time}>
              <td>{format.dateTime(time * 1000, { timeStyle: "medium" })}</td>
              {lines.map((line) => (
                <td key={line.name}>{shown(line.values[index])}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
